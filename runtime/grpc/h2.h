/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libnghttp2, loaded when a service is asked for, or the container runtime is to be: nodes without
 * either need neither the library nor its memory. Functions are called through the table, by their
 * names.
 */
#ifndef TGRUN_GRPC_H2_H
#define TGRUN_GRPC_H2_H

#include <nghttp2/nghttp2.h>
#include "runtime/failure.h"

#define H2_FUNCTIONS(X)                                                                            \
	X(nghttp2_session_callbacks_new)                                                           \
	X(nghttp2_session_callbacks_del)                                                           \
	X(nghttp2_session_callbacks_set_on_begin_headers_callback)                                 \
	X(nghttp2_session_callbacks_set_on_header_callback)                                        \
	X(nghttp2_session_callbacks_set_on_data_chunk_recv_callback)                               \
	X(nghttp2_session_callbacks_set_on_frame_recv_callback)                                    \
	X(nghttp2_session_callbacks_set_on_stream_close_callback)                                  \
	X(nghttp2_option_new)                                                                      \
	X(nghttp2_option_del)                                                                      \
	X(nghttp2_option_set_no_closed_streams)                                                    \
	X(nghttp2_session_server_new2)                                                             \
	X(nghttp2_session_client_new2)                                                             \
	X(nghttp2_session_del)                                                                     \
	X(nghttp2_session_mem_recv)                                                                \
	X(nghttp2_session_mem_send)                                                                \
	X(nghttp2_session_want_read)                                                               \
	X(nghttp2_session_want_write)                                                              \
	X(nghttp2_session_resume_data)                                                             \
	X(nghttp2_session_terminate_session)                                                       \
	X(nghttp2_session_get_stream_user_data)                                                    \
	X(nghttp2_session_set_stream_user_data)                                                    \
	X(nghttp2_submit_settings)                                                                 \
	X(nghttp2_submit_request)                                                                  \
	X(nghttp2_submit_response)                                                                 \
	X(nghttp2_submit_trailer)                                                                  \
	X(nghttp2_submit_rst_stream)

struct h2_library {
	void *handle;
#define H2_MEMBER(name) __typeof__(&(name)) name;
	H2_FUNCTIONS(H2_MEMBER)
#undef H2_MEMBER
};

/* 0, or -1 with a sentence. */
int h2_load(struct h2_library *l, struct failure *why);
void h2_unload(struct h2_library *l);

#endif
