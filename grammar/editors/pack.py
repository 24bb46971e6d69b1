#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""pack.py FOLDER FILE.vsix: the extension of FOLDER, with the modules that it needs, as a package
of VS Code: a zip with a manifest beside it. The same bytes for the same files."""
import json
import os
import sys
import zipfile
from xml.sax.saxutils import quoteattr, escape

TYPES = {".js": "application/javascript", ".json": "application/json", ".md": "text/markdown",
         ".vsixmanifest": "text/xml", ".txt": "text/plain", ".ts": "text/plain", ".map": "application/json"}
OWN = ["package.json", "extension.js", "language-configuration.json", "README.md", "LICENSE.txt",
       "syntaxes/tgc.tmLanguage.json"]


def manifest(p):
    return f"""<?xml version="1.0" encoding="utf-8"?>
<PackageManifest Version="2.0.0" xmlns="http://schemas.microsoft.com/developer/vsx-schema/2011">
  <Metadata>
    <Identity Language="en-US" Id={quoteattr(p["name"])} Version={quoteattr(p["version"])} Publisher={quoteattr(p["publisher"])}/>
    <DisplayName>{escape(p["displayName"])}</DisplayName>
    <Description>{escape(p["description"])}</Description>
    <Categories>{escape(",".join(p["categories"]))}</Categories>
    <Properties>
      <Property Id="Microsoft.VisualStudio.Code.Engine" Value={quoteattr(p["engines"]["vscode"])}/>
    </Properties>
  </Metadata>
  <Installation>
    <InstallationTarget Id="Microsoft.VisualStudio.Code"/>
  </Installation>
  <Dependencies/>
  <Assets>
    <Asset Type="Microsoft.VisualStudio.Code.Manifest" Path="extension/package.json" Addressable="true"/>
    <Asset Type="Microsoft.VisualStudio.Services.Content.Details" Path="extension/README.md" Addressable="true"/>
  </Assets>
</PackageManifest>
"""


def content_types():
    rows = "".join(f'<Default Extension="{k}" ContentType="{v}"/>' for k, v in sorted(TYPES.items()))
    return ('<?xml version="1.0" encoding="utf-8"?>'
            f'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">{rows}</Types>')


def needed(folder, names):
    """The modules behind names, theirs included, as folders."""
    found, left = [], sorted(names)
    while left:
        name = left.pop(0)
        at = os.path.join("node_modules", name)
        if at in found:
            continue
        found.append(at)
        with open(os.path.join(folder, at, "package.json"), encoding="utf-8") as f:
            left += sorted(json.load(f).get("dependencies", {}))
    return found


def files(folder, p):
    yield from OWN
    for module in needed(folder, p["dependencies"]):
        for root, folders, names in os.walk(os.path.join(folder, module)):
            folders.sort()
            for name in sorted(names):
                if os.path.splitext(name)[1] in TYPES:
                    yield os.path.relpath(os.path.join(root, name), folder)


def main(folder, out):
    with open(os.path.join(folder, "package.json"), encoding="utf-8") as f:
        p = json.load(f)
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as z:
        def add(name, data):
            z.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), data, zipfile.ZIP_DEFLATED)

        add("extension.vsixmanifest", manifest(p))
        add("[Content_Types].xml", content_types())
        for name in dict.fromkeys(files(folder, p)):
            with open(os.path.join(folder, name), "rb") as f:
                add("extension/" + name, f.read())


main(*sys.argv[1:])
