-- SPDX-License-Identifier: Apache-2.0
-- Neovim as the client: what an editor does, with one line for each thing that went well or not.
local tgc, btf, folder = vim.env.TGC, vim.env.BTF, vim.env.FOLDER
local failed = 0

local function say(name, good, why)
  if not good then
    failed = failed + 1
  end
  io.stdout:write(('%s %s%s\n'):format(good and 'PASS' or 'FAIL', name, good and '' or ': ' .. vim.inspect(why)))
end

-- Until it holds; a minute is much more than any of this needs.
local function wait(what)
  return vim.wait(60000, what, 20)
end

local function start(language)
  local id = vim.lsp.start_client({
    name = 'tgc',
    cmd = { tgc, 'lsp', '--no-project', '--btf', btf },
    root_dir = folder,
  })
  vim.bo.filetype = language
  vim.lsp.buf_attach_client(0, id)
  wait(function() return vim.lsp.buf_is_attached(0, id) and vim.lsp.get_client_by_id(id).initialized end)
  return id
end

local function ask(method, line, character, more)
  local params = {
    textDocument = { uri = vim.uri_from_bufnr(0) },
    position = { line = line, character = character },
  }
  for k, v in pairs(more or {}) do
    params[k] = v
  end
  local answers, why = vim.lsp.buf_request_sync(0, method, params, 60000)
  for _, answer in pairs(answers or {}) do
    return answer.result, answer.err or why
  end
  return nil, why
end

local function messages()
  return vim.tbl_map(function(d) return d.code .. '@' .. d.lnum end, vim.diagnostic.get(0))
end

local function text()
  return table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, false), '\n')
end

local function labels(items)
  return vim.tbl_map(function(i) return i.label end, (items or {}).items or {})
end

local function test_yaml()
  vim.cmd('edit ' .. folder .. '/a.yaml')
  local id = start('yaml')
  say('diagnostics', wait(function() return #vim.diagnostic.get(0) == 1 end)
    and messages()[1] == 'unknown-operator@15', messages())
  local hover = ask('textDocument/hover', 6, 15)
  say('hover', hover and hover.contents.value:find('int security_file_open(struct file *file)', 1, true), hover)
  local line = vim.api.nvim_buf_get_lines(0, 15, 16, false)[1]
  local actions = ask('textDocument/codeAction', 15, 20, {
    range = { start = { line = 15, character = 0 }, ['end'] = { line = 15, character = #line } },
    context = { diagnostics = {} },
  })
  say('code action', actions and actions[1] and actions[1].title == 'Replace `Prefx` with `Prefix`', actions)
  vim.lsp.util.apply_workspace_edit(actions[1].edit, 'utf-16')
  say('the fix is applied', text():find('operator: "Prefix"', 1, true), text())
  say('and the message goes', wait(function() return #vim.diagnostic.get(0) == 0 end), messages())
  vim.api.nvim_buf_set_lines(0, 15, 16, false, { '        operator: "Post' })
  local items = ask('textDocument/completion', 15, 23)
  say('completion', vim.tbl_contains(labels(items), 'Postfix'), items)
  vim.lsp.stop_client(id)
end

local function test_terse()
  vim.cmd('edit! ' .. folder .. '/a.tg')
  local id = start('tg')
  say('diagnostics of .tg', wait(function() return #vim.diagnostic.get(0) > 0 end)
    and messages()[1] == 'redundant-value@1', messages())
  local place = ask('textDocument/definition', 3, 17)
  say('definition', place and place.range.start.line == 1 and place.range.start.character == 4, place)
  if vim.lsp.buf.format then
    vim.lsp.buf.format({ async = false, timeout_ms = 60000 })
  else
    vim.lsp.buf.formatting_sync({}, 60000)
  end
  say('format', text():find('\n    file under secrets => deny\n', 1, true), text())
  vim.api.nvim_buf_set_lines(0, 3, 3, false, { '    file. ' })
  local items = ask('textDocument/completion', 3, 9)
  say('members', vim.tbl_contains(labels(items), 'f_flags'), items)
  vim.api.nvim_buf_set_lines(0, 3, 4, false, { '    flie under "/x"' })
  say('as one types', wait(function() return vim.tbl_contains(messages(), 'terse-name@3') end), messages())
  vim.lsp.stop_client(id)
  say('stop', wait(function() return vim.lsp.get_client_by_id(id) == nil or vim.lsp.client_is_stopped(id) end))
end

for _, test in ipairs({ test_yaml, test_terse }) do
  local good, why = pcall(test)
  if not good then
    say('a test', false, why)
  end
end
vim.cmd(failed > 0 and 'cquit' or 'qall!')
