import type { Stem } from '../../ports/stem.ts';

/** Plain English words that stand for one another when something is asked for. */
const GROUPS = `
find search lookup locate discover query seek
get fetch retrieve obtain read download
list enumerate browse
show display view see
create make add new generate build
delete remove erase destroy drop
update edit modify change alter adjust
cancel abort
send deliver post
save write store
open read load
begin start launch
stop end finish
check verify validate
analyze analysis examine inspect
calculate compute
convert transform
translate translation
summarize summary overview
recommend suggest recommendation
help assistance support
teach learn lesson tutorial
play game
buy purchase order shop
shop store
pay payment
price cost fee
picture image photo
movie film
song music track
video clip
email mail
message sms text
chat conversation talk
phone telephone
document file
folder directory
website site web webpage
link url address
code program source
bug issue defect
error failure fault
log record history
task todo
note memo
meeting event
schedule plan agenda calendar
book reserve reservation appointment
reminder remind alert notification
invite invitation
user person people member
company business firm
place location map
area region
trip travel journey
food meal
chart graph diagram plot
name title
near nearby nearest
latest newest recent
`;
/** From the stem of a word to the stems of those that may stand for it. */
export function synonymsBy(stem: Stem): ReadonlyMap<string, readonly string[]> {
  const alike = new Map<string, Set<string>>();
  for (const line of GROUPS.trim().split('\n')) {
    const roots = line.split(' ').map((word) => stem(word));
    for (const root of roots) alike.set(root, new Set([...(alike.get(root) ?? []), ...roots]));
  }
  return new Map([...alike].map(([root, others]) => [root, [...others].filter((other) => other !== root)]));
}
