/** Short forms that software is spoken of in, each with what it is short for. */
const SHORT_FORMS = `
config configuration
configs configuration
db database
dbs database
dir directory
dirs directory
doc document
docs document
env environment
envs environment
img image
imgs image
info information
msg message
msgs message
org organization
orgs organization
param parameter
params parameter
pr pull request
prs pull request
repo repository
repos repository
`;

const FULL_FORMS: ReadonlyMap<string, readonly string[]> = new Map(
  SHORT_FORMS.trim()
    .split('\n')
    .map((line) => line.split(' '))
    .map(([short = '', ...full]) => [short, full]),
);

/** What a word in lower case is short for; undefined of any other. */
export function fullFormOf(word: string): readonly string[] | undefined {
  return FULL_FORMS.get(word);
}
