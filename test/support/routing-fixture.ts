import type { RouteDocument, RouteParameter } from '../../src/core/gateway/route/route.ts';
import type { Structure } from '../../src/core/gateway/plan/plan.ts';

/** A small house of servers, and what its people ask for. */
export interface RoutingCase {
  readonly query: string;
  /** What should come of it: calls, a question back, or the admission that nothing fits. */
  readonly expect: Structure | 'ask' | 'refuse';
  /** Each call in order; where several would do, separated by `|`. */
  readonly tools: readonly string[];
}

type Parameters = Readonly<
  Record<string, string | { readonly says: string; readonly of: readonly string[] }>
>;
type Tools = Readonly<Record<string, readonly [description: string, parameters: Parameters]>>;

const SERVERS: Readonly<Record<string, { readonly about: string; readonly tools: Tools }>> = {
  agenda: {
    about: 'Appointments and meetings of your calendar.',
    tools: {
      list_events: [
        'List the events of the calendar between two dates.',
        { from: 'First day.', until: 'Last day.' },
      ],
      create_event: [
        'Put a new meeting or appointment into the calendar.',
        { title: 'What it is about.', start: 'When it begins.', minutes: 'How long it takes.' },
      ],
      find_free_slot: [
        'Find a time at which all of the given people are free.',
        { people: 'Who should be there.', minutes: 'How long.' },
      ],
      move_event: ['Move an event to another time.', { event_id: 'Which event.', start: 'The new time.' }],
      invite_people: [
        'Invite attendees to an event.',
        { event_id: 'Which event.', people: 'Addresses of the guests.' },
      ],
    },
  },
  library: {
    about: 'Catalogue and loans of the city library.',
    tools: {
      search_books: [
        'Search the catalogue for books by title, author or subject.',
        { text: 'Title, author or subject.', language: 'Language of the book.' },
      ],
      reserve_book: ['Reserve a book so that it is kept for you.', { book_id: 'Which book.' }],
      renew_loan: ['Extend the loan period of a borrowed book.', { loan_id: 'Which loan.' }],
      list_loans: ['List the books that you have borrowed and when they are due.', {}],
      opening_hours: ['Tell when a branch of the library is open.', { branch: 'Name of the branch.' }],
    },
  },
  weather: {
    about: 'Weather observations and forecasts for places worldwide.',
    tools: {
      current_conditions: [
        'Temperature, wind and humidity at a place right now.',
        { place: 'City or coordinates.', units: { says: 'Units.', of: ['metric', 'imperial'] } },
      ],
      daily_forecast: [
        'Weather forecast for the next days at a place.',
        { place: 'City or coordinates.', days: 'How many days, at most 10.' },
      ],
      storm_warnings: ['Official warnings of storms, floods and heat for a region.', { region: 'Region.' }],
      air_quality: ['Air pollution and pollen at a place.', { place: 'City or coordinates.' }],
      tide_times: ['Times of high and low tide at a harbour.', { harbour: 'Name of the harbour.' }],
    },
  },
  drive: {
    about: 'Files and folders of the company, stored in the cloud.',
    tools: {
      search_files: [
        'Search files and folders by name or content.',
        { text: 'Words to look for.', kind: { says: 'Type of file.', of: ['document', 'sheet', 'slides'] } },
      ],
      read_file: ['Read the content of a file as text.', { path: 'Path of the file.' }],
      upload_file: [
        'Upload a new file into a folder.',
        { folder: 'Where it goes.', name: 'Its name.', content: 'What is in it.' },
      ],
      share_file: [
        'Share a file with other people by link or address.',
        { path: 'Path of the file.', people: 'Who may see it.' },
      ],
      trash_file: ['Delete a file: move it to the trash.', { path: 'Path of the file.' }],
    },
  },
  orders: {
    about: 'Orders, parcels and customers of the web shop.',
    tools: {
      list_orders: [
        'List the orders of a customer.',
        {
          customer: 'Name or number of the customer.',
          status: { says: 'Status.', of: ['open', 'shipped', 'returned'] },
        },
      ],
      get_order: ['Get an order with its items and its price.', { order_id: 'Number of the order.' }],
      refund_order: [
        'Refund the money of an order to the customer.',
        { order_id: 'Number of the order.', reason: 'Why.' },
      ],
      track_parcel: [
        'Track a parcel: where it is and when it will be delivered.',
        { tracking_number: 'Number of the parcel.' },
      ],
      change_address: [
        'Change the delivery address of a customer.',
        { customer: 'Name or number.', address: 'The new address.' },
      ],
    },
  },
  forge: {
    about: 'Source code, pull requests and issues of the code host.',
    tools: {
      search_code: [
        'Search the source code of all repositories for a symbol or text.',
        { text: 'What to look for.', language: 'Programming language.' },
      ],
      list_pull_requests: [
        'List pull requests of a repository.',
        { repository: 'owner/name', state: { says: 'State.', of: ['open', 'merged', 'closed'] } },
      ],
      get_changes: [
        'Get the changes of a pull request: files and diff.',
        { number: 'Number of the pull request.' },
      ],
      open_issue: [
        'Open a new issue to report a bug or wish.',
        { repository: 'owner/name', title: 'Title.', body: 'Text.' },
      ],
      list_commits: [
        'List the latest commits of a branch.',
        { repository: 'owner/name', branch: 'Name of the branch.' },
      ],
    },
  },
  chat: {
    about: 'Channels and messages of the team chat.',
    tools: {
      search_messages: [
        'Search messages and discussions in the chat.',
        { text: 'Words to look for.', channel: 'Only there.' },
      ],
      post_message: [
        'Post a message to a channel.',
        { channel: 'Name of the channel.', text: 'What to say.' },
      ],
      list_channels: ['List the channels of the chat.', {}],
      create_channel: ['Create a channel.', { name: 'Name of the channel.', topic: 'What it is for.' }],
      set_presence: [
        'Set your status to available, busy or away.',
        { presence: { says: 'Status.', of: ['available', 'busy', 'away'] } },
      ],
    },
  },
  monitor: {
    about: 'Metrics and alerts of the production systems.',
    tools: {
      query_metric: [
        'Query a time series such as latency, error rate or CPU usage of a service.',
        { service: 'Name of the service.', metric: 'Name of the metric.', hours: 'How far back.' },
      ],
      list_alerts: [
        'List the alerts that are firing.',
        { severity: { says: 'Severity.', of: ['warning', 'critical'] } },
      ],
      silence_alert: [
        'Silence an alert for some time.',
        { alert_id: 'Which alert.', minutes: 'For how long.' },
      ],
      read_logs: [
        'Read the log lines of a service.',
        { service: 'Name of the service.', text: 'Only lines with this text.' },
      ],
      who_is_on_call: ['Tell who is on call for a service.', { service: 'Name of the service.' }],
    },
  },
};

function toParameter([name, given]: [string, Parameters[string]]): RouteParameter {
  return typeof given === 'string'
    ? { name, description: given, choices: [] }
    : { name, description: given.says, choices: given.of };
}

export const ROUTING_DOCUMENTS: readonly RouteDocument[] = Object.entries(SERVERS).flatMap(
  ([server, { about, tools }]) =>
    Object.entries(tools).map(([tool, [description, parameters]]) => ({
      name: `${server}__${tool}`,
      server,
      tool,
      title: '',
      description,
      serverDescription: about,
      parameters: Object.entries(parameters).map(toParameter),
      examples: [],
    })),
);

const of =
  (expect: RoutingCase['expect']) =>
  (query: string, ...tools: string[]): RoutingCase => ({ query, expect, tools });
const single = of('single');
const parallel = of('parallel');
const sequential = of('sequential');
const ask = of('ask');
const refuse = of('refuse');

export const ROUTING_CASES: readonly RoutingCase[] = [
  single('Which appointments do I have next week?', 'agenda__list_events'),
  single('Set up a meeting with the auditors on Friday at 10', 'agenda__create_event'),
  single('When are Lena, Tom and Aisha all free for half an hour?', 'agenda__find_free_slot'),
  single('Move the planning meeting to Thursday at 3 pm', 'agenda__move_event'),
  single('Invite omar@example.com to the kickoff event', 'agenda__invite_people'),
  single('Are there books about beekeeping in the library?', 'library__search_books'),
  single('Reserve the book 88121 for me', 'library__reserve_book'),
  single('Extend my loan 5512 by another period', 'library__renew_loan'),
  single('Which borrowed books are due soon?', 'library__list_loans'),
  single('Until when is the harbour branch of the library open on Saturdays?', 'library__opening_hours'),
  single('How warm and humid is it in Bergen right now?', 'weather__current_conditions'),
  single('What is the forecast for Porto for the next 5 days?', 'weather__daily_forecast'),
  single('Is there a flood warning for the upper valley?', 'weather__storm_warnings'),
  single('How much pollen is in the air in Graz today?', 'weather__air_quality'),
  single('When is low tide at Whitby harbour?', 'weather__tide_times'),
  single('Find the slides named "roadmap 2027" in our files', 'drive__search_files'),
  single('Read /finance/travel-policy.txt to me', 'drive__read_file'),
  single('Upload these minutes as minutes.txt into the folder /board', 'drive__upload_file'),
  single('Share /legal/nda.pdf with carol@example.com', 'drive__share_file'),
  single('Delete the file /tmp/old-draft.docx', 'drive__trash_file'),
  single('Show all open orders of customer 4711', 'orders__list_orders'),
  single('What did order 90017 cost, and what was in it?', 'orders__get_order'),
  single('Refund order 90017, it arrived broken', 'orders__refund_order'),
  single('Where is the parcel 1Z-553-99 now?', 'orders__track_parcel'),
  single('Customer Bauer moved: her delivery address is now Mill Lane 4', 'orders__change_address'),
  single('Where in our source code is parseInvoice used?', 'forge__search_code'),
  single('Show the open pull requests of orchard/web', 'forge__list_pull_requests'),
  single('What was changed in pull request #88?', 'forge__get_changes'),
  single('Report a bug in orchard/api: the login form loses its focus', 'forge__open_issue'),
  single('List the last commits on branch release-3', 'forge__list_commits'),
  single('What was said in the chat about the office move?', 'chat__search_messages'),
  single('Post "the build is green again" to the channel releases', 'chat__post_message'),
  single('Which channels are there?', 'chat__list_channels'),
  single('Make a new channel for the hackathon', 'chat__create_channel'),
  single('Set me to away', 'chat__set_presence'),
  single('How was the error rate of checkout in the last 6 hours?', 'monitor__query_metric'),
  single('Are critical alerts firing?', 'monitor__list_alerts'),
  single('Silence alert 3321 for 30 minutes', 'monitor__silence_alert'),
  single('Show the log lines of the billing service that contain "timeout"', 'monitor__read_logs'),
  single('Who is on call for payments?', 'monitor__who_is_on_call'),

  parallel(
    'Summarize the changes in pull request #88 and the discussion about it in the chat',
    'forge__get_changes',
    'chat__search_messages',
  ),
  parallel(
    'changes in pull request #88 and the discussion about it in the chat',
    'forge__get_changes',
    'chat__search_messages',
  ),
  parallel(
    'Show me the changes of pull request #88 and the chat messages about it',
    'forge__get_changes',
    'chat__search_messages',
  ),
  parallel(
    'Get the changes of pull request #88 and search the chat for messages about it',
    'forge__get_changes',
    'chat__search_messages',
  ),
  parallel(
    'Summarise the changes of pull request #88 and its discussion in the chat',
    'forge__get_changes',
    'chat__search_messages',
  ),
  parallel(
    'What is the weather forecast for Oslo and which events are in my calendar tomorrow?',
    'weather__daily_forecast',
    'agenda__list_events',
  ),
  parallel(
    'List the firing alerts and the latest commits on the main branch',
    'monitor__list_alerts',
    'forge__list_commits',
  ),
  parallel(
    'Track parcel 77-A-12 and show me the orders of customer 310',
    'orders__track_parcel',
    'orders__list_orders',
  ),
  parallel(
    'Search the files for "pricing" and search the chat for "pricing"',
    'drive__search_files',
    'chat__search_messages',
  ),
  parallel(
    'Find books on woodworking; also tell me when the central branch of the library is open',
    'library__search_books',
    'library__opening_hours',
  ),
  parallel(
    'Who is on call for search, and what is its CPU usage over the last hour?',
    'monitor__who_is_on_call',
    'monitor__query_metric',
  ),
  parallel(
    'Check the air quality in Lyon as well as the storm warnings for its region',
    'weather__air_quality',
    'weather__storm_warnings',
  ),
  parallel(
    'List my loans at the library and the events in my calendar this month',
    'library__list_loans',
    'agenda__list_events',
  ),

  sequential(
    'Search the files for the travel policy, then share the file with dora@example.com',
    'drive__search_files',
    'drive__share_file',
  ),
  sequential(
    'Find a time when Ina and Paul are free and then create a meeting at that time',
    'agenda__find_free_slot',
    'agenda__create_event',
  ),
  sequential(
    'First list the open pull requests of orchard/api, then post a message about them to the channel reviews',
    'forge__list_pull_requests',
    'chat__post_message',
  ),
  sequential('Get order 5520 and after that refund the order', 'orders__get_order', 'orders__refund_order'),
  sequential(
    'List the open pull requests of orchard/web, and for each pull request get its changes',
    'forge__list_pull_requests',
    'forge__get_changes',
  ),
  sequential(
    'Search the catalogue for books by Ursula Vernon, then reserve the first book',
    'library__search_books',
    'library__reserve_book',
  ),
  sequential(
    'Before you post a message to the channel ops, list the alerts that are firing',
    'monitor__list_alerts',
    'chat__post_message',
  ),
  sequential(
    'Read the logs of the mail service, and once you have them open an issue in orchard/mail',
    'monitor__read_logs',
    'forge__open_issue',
  ),

  ask('Search for onboarding', 'drive__search_files', 'chat__search_messages', 'forge__search_code'),
  ask('Give me the whole list, please', 'orders__list_orders', 'forge__list_commits', 'chat__list_channels'),
  ask('Find "quarterly targets"', 'drive__search_files', 'chat__search_messages', 'library__search_books'),
  ask(
    'Could you change that one for me?',
    'orders__change_address',
    'agenda__move_event',
    'forge__get_changes',
  ),
  ask('Create a new one', 'agenda__create_event', 'chat__create_channel', 'forge__open_issue'),
  ask('What is the status?', 'chat__set_presence', 'orders__list_orders', 'monitor__list_alerts'),
  ask('Look for Miriam', 'drive__search_files', 'chat__search_messages', 'orders__list_orders'),

  refuse('Play some jazz in the living room'),
  refuse('Translate "good morning" into Portuguese'),
  refuse('What is the square root of 5329?'),
  refuse('Buy two plane tickets to Lisbon'),
  refuse('Turn off the lamps in the kitchen'),
  refuse('Tell me a joke about penguins'),
  refuse('Who won the football world cup in 1998?'),
  refuse('I would like a pizza with mushrooms'),
  refuse('How do I tie a bow tie?'),
  refuse('Draw a red fox in the snow'),
  refuse('Convert 40 kilometers to miles'),
  refuse('What does a share of Siemens cost on the stock exchange?'),
  refuse('Ring my grandmother'),
  refuse('Solve 3x + 4 = 19'),
  refuse('Which film should I watch with the children?'),
  refuse('Write a poem on autumn leaves'),
];
