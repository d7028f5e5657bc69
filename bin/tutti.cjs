#!/usr/bin/env node
'use strict';
// Plain old syntax: a Node of any age must be able to read this file, to say which one is needed.
var fs = require('fs');
var path = require('path');

var version = process.versions.node.split('.').map(Number);
var main = path.join(__dirname, '..', 'dist', 'surfaces', 'cli', 'main.js');

if (!isNewEnough(version[0], version[1], version[2])) {
  console.error(
    'tutti needs Node ^22.23.3 or >=24.15, found v' + version.join('.') + ' (' + process.execPath + ').',
  );
  console.error('Install a newer Node, or fetch one for this command alone:');
  console.error('  ' + commandWithNewNode().map(quoted).join(' '));
  process.exit(1);
} else if (!fs.existsSync(main)) {
  console.error(
    'tutti is not built: expected ' + main + ', found nothing. Run `npm run build`, then try again.',
  );
  process.exit(1);
} else {
  require('./start.cjs').start(main);
}

function isNewEnough(major, minor, patch) {
  if (major === 22) return minor > 23 || (minor === 23 && patch >= 3);
  return major > 24 || (major === 24 && minor >= 15);
}

function commandWithNewNode() {
  var isInstalled = __dirname.split(path.sep).indexOf('node_modules') >= 0;
  var program = isInstalled ? ['-p', 'tutti', '--', 'tutti'] : ['--', 'node', __filename];
  return ['npx', '-y', '-p', 'node@24'].concat(program, process.argv.slice(2));
}

function quoted(word) {
  return /^[\w@%+=:,./\\-]+$/.test(word) ? word : "'" + word.replace(/'/g, "'\\''") + "'";
}
