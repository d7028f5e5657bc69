import { describe, expect, it } from 'vitest';
import { wishesIn } from './wish.ts';

const kindsOf = (text: string) => wishesIn(text).map(({ kind }) => kind);

describe('what a sentence wants', () => {
  const CHANGES = [
    'delete the file notes.txt',
    'please reopen OPS-41',
    'can you close the ticket OPS-41 for me?',
    'I want to close ticket OPS-41',
    'send the changes of #123 to channel lunch',
    'Send the team the changes',
    'post "was #124 merged?" to lunch',
    'if #123 is open, close it',
    'when #123 is merged, post "done" to lunch',
    'comment on #123 "nice"',
    'rename the file a.txt to b.txt',
    'delete the report',
    'star the repository orchard/api',
    'please unassign OPS-41',
    'mark OPS-41 as done',
    'post "hi" to lunch',
    'send a summary of #123 to the channel lunch',
    'write a summary of #123 to the file notes.txt',
    'mark task 7 as done',
    'undo the merge of PR #119',
    'roll back the merge of PR #119',
    'take the merge of #119 back',
    'unmerge PR #123',
    'get PR #123 merged',
    'PR #123 is ready, merge it',
  ];
  it.each(CHANGES)('is a change: %s', (text) => {
    expect(kindsOf(text).filter((kind) => kind !== 'told')).toEqual(['change']);
  });

  it.each([
    'could you please tell me how to merge PR #123?',
    'how do I delete the file notes.txt?',
    'I would like to know how one can close a task',
    'explain how to rename a channel',
    'what is the best way to merge PR #123?',
    'Is there a way to delete the file?',
  ])('is only the way how it is done: %s', (text) => {
    expect(kindsOf(text)).toEqual(['how']);
  });

  it.each(['PR 123 is ready to merge', 'task 1 is done', 'PR #123 has been merged'])(
    'is nothing where somebody only tells how something is: %s',
    (text) => {
      expect(kindsOf(text)).toEqual(['told']);
    },
  );

  it.each([
    'PR #123 is to be merged',
    'task 1 is supposed to be closed',
    'get the pull requests that were merged',
    'is PR #123 ready?',
  ])('is neither told nor the way: %s', (text) => {
    expect(kindsOf(text)).not.toContain('told');
    expect(kindsOf(text)).not.toContain('how');
  });

  const STATES = [
    'was #124 merged?',
    'Has pull request #124 been merged?',
    'who merged #124?',
    'is the branch deleted?',
    'did somebody post to lunch today?',
    'Have the tickets been closed?',
    'check whether #124 was merged',
    'Could you tell me if OPS-41 was closed?',
    'When was PR #123 closed?',
    'what did ada post in lunch?',
    'How many messages were deleted?',
  ];
  it.each(STATES)('is how something is or was: %s', (text) => {
    expect(kindsOf(text)).toEqual(['state']);
  });

  const OTHERS = [
    'create a summary of the changes in PR #123',
    'write me an overview of the tickets',
    'make a list of open pull requests',
    'send me the changes of #123',
    'share the results with me',
    'merge the results',
    'write a summary of the changes to the interface',
    'comments on #123',
    'schedule for tomorrow',
    'hotels close to Oslo',
    'list closed tickets',
    'how do I delete the file notes.txt?',
    'who should I assign to OPS-41?',
    'Is there a way to delete the file?',
    'before you delete it',
    'post history of lunch',
    'after the release, the notes of it',
    'do not delete the file',
  ];
  it.each(OTHERS)('is neither: %s', (text) => {
    expect(kindsOf(text)).not.toContain('change');
    expect(kindsOf(text)).not.toContain('state');
  });

  it('is said of each piece', () => {
    expect(kindsOf('read the file notes.txt and then delete it')).toEqual(['none', 'change']);
  });

  it('is found in time, however long a sentence is and whatever it repeats', () => {
    for (const piece of ['check if ', 'who was ', 'send the ', 'and then now ', 'is it ', 'write a the '])
      expect(wishesIn(piece.repeat(1_000)).length).toBeLessThan(30);
  });
});
