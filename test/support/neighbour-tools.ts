import type { JsonObject } from '../../src/core/kernel/json.ts';
import type { ToolDefinition } from '../../src/core/ports/downstream.ts';
import { toTool } from './fake-downstream.ts';

const text = { type: 'string' };
const number = { type: 'number' };
const texts = { type: 'array', items: text };

function tool(
  name: string,
  description: string,
  about: {
    readonly properties?: JsonObject;
    readonly required?: readonly string[];
    readonly changes?: true;
  } = {},
): ToolDefinition {
  const { properties = {}, required = Object.keys(properties), changes } = about;
  return toTool(name, {
    description,
    annotations: { readOnlyHint: changes !== true },
    inputSchema: { type: 'object', properties, required: [...required] },
  });
}

const path = { path: text };
const part = {
  ...path,
  head: { ...number, description: 'Only so many lines from the beginning.' },
  tail: { ...number, description: 'Only so many lines from the end.' },
};
const found = { ...path, pattern: text, excludePatterns: texts };

/** What stands beside nearly every server that somebody tries: the two best known ones, by the names of their tools, in our own words. */
export const NEIGHBOURS: Readonly<Record<'filesystem' | 'everything', readonly ToolDefinition[]>> = {
  filesystem: [
    tool('read_file', 'Reads all of a file as text. Outdated: there is read_text_file.', {
      properties: part,
      required: ['path'],
    }),
    tool(
      'read_text_file',
      'Reads what is in one file as text, whatever its ending says; all of it, or its first or last lines.',
      { properties: part, required: ['path'] },
    ),
    tool('read_media_file', 'Reads an image or sound file and returns it in base64 with its type.', {
      properties: path,
    }),
    tool(
      'read_multiple_files',
      'Reads the contents of several files at once, for when they are to be analysed or compared. A file that cannot be read stops none of the others.',
      { properties: { paths: { ...texts, minItems: 1, description: 'The paths of the files to read.' } } },
    ),
    tool(
      'write_file',
      'Creates a file, or overwrites all of an existing one with new content. Take care: nothing asks before.',
      { properties: { ...path, content: text }, changes: true },
    ),
    tool(
      'edit_file',
      'Changes lines of a text file: each edit puts new lines in the place of old ones. Shows the changes made as a diff, as git does.',
      {
        properties: {
          ...path,
          edits: {
            type: 'array',
            items: {
              type: 'object',
              properties: { oldText: text, newText: text },
              required: ['oldText', 'newText'],
            },
          },
          dryRun: { type: 'boolean', description: 'Only shows the changes as a diff.' },
        },
        required: ['path', 'edits'],
        changes: true,
      },
    ),
    tool('create_directory', 'Makes a directory, with those above it, or sees to it that it is there.', {
      properties: path,
      changes: true,
    }),
    tool('list_directory', 'Lists the files and directories at a path, each marked as what it is.', {
      properties: path,
    }),
    tool('list_directory_with_sizes', 'Lists the files and directories at a path with their sizes.', {
      properties: {
        ...path,
        sortBy: { ...text, enum: ['name', 'size'], description: 'Sorts by name or size.' },
      },
      required: ['path'],
    }),
    tool('directory_tree', 'Shows files and directories as a tree, with all that is below them, as JSON.', {
      properties: { ...path, excludePatterns: texts },
      required: ['path'],
    }),
    tool(
      'move_file',
      'Moves files and directories, or gives them another name. Fails where the destination is there already.',
      { properties: { source: text, destination: text }, changes: true },
    ),
    tool(
      'search_files',
      'Searches files and directories whose name matches a pattern, in all directories below. Finds files when it is not known where they are.',
      { properties: found, required: ['path', 'pattern'] },
    ),
    tool(
      'get_file_info',
      'Tells about a file or directory without reading it: its size, when it was created and changed, who may do what, its type.',
      { properties: path },
    ),
    tool('list_allowed_directories', 'Lists the directories that this server may look at.'),
  ],
  everything: [
    tool('echo', 'Returns the message it was given.', {
      properties: { message: { ...text, description: 'What to return.' } },
    }),
    tool('get-annotated-message', 'Shows how annotations tell more about content.', {
      properties: {
        messageType: { ...text, enum: ['error', 'success', 'debug'], description: 'Which kind of message.' },
        includeImage: { type: 'boolean' },
      },
      required: ['messageType'],
    }),
    tool('get-env', 'Returns all variables of the environment, to find out how the server is configured.'),
    tool('get-resource-links', 'Returns links to resources of several types.', {
      properties: { count: { ...number, minimum: 1, maximum: 10, description: 'How many links.' } },
      required: [],
    }),
    tool('get-resource-reference', 'Returns a reference to a resource for clients to use.', {
      properties: {
        resourceType: { ...text, enum: ['Text', 'Blob'] },
        resourceId: { ...number, description: 'Id of the resource.' },
      },
      required: [],
    }),
    tool(
      'get-structured-content',
      'Returns structured content with a schema that it can be checked against.',
      {
        properties: {
          location: { ...text, enum: ['New York', 'Chicago', 'Los Angeles'], description: 'Which city.' },
        },
      },
    ),
    tool('get-sum', 'Adds two numbers and returns the sum.', {
      properties: {
        a: { ...number, description: 'First number' },
        b: { ...number, description: 'Second number' },
      },
    }),
    tool('get-tiny-image', 'Returns a tiny image: the logo.'),
    tool(
      'gzip-file-as-resource',
      'Compresses a file with gzip and returns it as a resource or a link to it.',
      {
        properties: {
          name: { ...text, description: 'What the file will be called.' },
          data: { ...text, format: 'uri', description: 'Address of what is to be compressed.' },
        },
        required: [],
        changes: true,
      },
    ),
    tool('toggle-simulated-logging', 'Switches made-up log messages on or off.', { changes: true }),
    tool('toggle-subscriber-updates', 'Switches made-up updates of subscribed resources on or off.', {
      changes: true,
    }),
    tool('trigger-long-running-operation', 'Runs an operation that takes long, and tells how far it is.', {
      properties: {
        duration: { ...number, description: 'How long it takes, in seconds.' },
        steps: { ...number, description: 'In how many steps.' },
      },
      required: [],
    }),
    tool(
      'simulate-research-query',
      'Pretends to do research on a topic in several stages, and may ask what is meant.',
      {
        properties: {
          topic: { ...text, description: 'What to look into.' },
          ambiguous: { type: 'boolean', description: 'Pretends that the query is not clear.' },
        },
        required: ['topic'],
        changes: true,
      },
    ),
  ],
};
