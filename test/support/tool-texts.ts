/** What honest servers say of their tools, in the manners that servers have: by server and tool. Written for this test. */
export const TOOL_TEXTS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  files: {
    read_file:
      'Reads a file and returns its text. Use `head` or `tail` to read only so many lines of either end. Only works within allowed directories.',
    read_many_files:
      'Read several files at once. A file that cannot be read does not stop the others: its error is returned in its place.',
    write_file:
      'Create a new file or completely overwrite an existing one. Use with caution: existing content is replaced without warning.',
    edit_file:
      'Make line-based edits to a text file. Each edit replaces exact lines with new content. Returns a git-style diff of the changes made.',
    move_file:
      'Move or rename files and directories. Both source and destination must be within allowed directories.\n\nIMPORTANT: Always use absolute paths. Relative paths may fail as they depend on the current working directory.',
    list_directory:
      'Get a detailed listing of all files and directories in a path. Entries are marked [FILE] or [DIR].',
    search_files:
      'Recursively search for files matching a pattern. Prefer this to listing every directory when you do not know where a file is.',
    search_code:
      'Search file contents with a regular expression. Respects .gitignore and ignores hidden files unless `hidden` is true.',
    file_info: 'Metadata of a file: size, times, permissions, type. Does not read the content.',
    list_allowed_directories:
      'Returns the directories that this server may access. Call this first if an operation is refused, to see what is allowed.',
    watch_file: 'Waits until a file changes and returns the lines that were added since.',
    delete_file:
      'Deletes a file permanently. This cannot be undone, so confirm with the user before you call it.',
  },
  repository: {
    create_issue:
      'Create a new issue in a repository.\n\nArgs:\n    owner: Account that owns it\n    repo: Its name\n    title: Issue title\n    body: Issue body, Markdown allowed',
    list_issues:
      'List issues of a repository with filtering by state, labels and assignee. Results are paginated: use page and perPage.',
    update_issue:
      'Update an existing issue. Only fields that are passed are changed, everything else is left as it is.',
    add_comment:
      'Add a comment to an issue or pull request. The comment is posted under the account of the access token.',
    get_file_contents:
      'Get the contents of a file or directory from a repository. For files above 1 MB use get_blob instead of this tool.',
    get_blob: 'Raw content of a blob by its SHA, base64 encoded.',
    push_files: 'Push multiple files to a branch in a single commit. Existing files are overwritten.',
    create_pull_request:
      'Create a pull request. Ask the user for a title if none is given. Do not merge: merging is a separate tool.',
    merge_pull_request:
      'Merge a pull request with the given method (merge, squash or rebase). Requires write access.',
    get_pull_request_diff:
      'The diff of a pull request as unified text. Large diffs are truncated after 3,000 lines.',
    search_code:
      'Search code across repositories. Query syntax: `repo:owner/name path:src language:ts "exact words"`.',
    list_secrets:
      'List the names of the secrets of a repository. Values are encrypted and are never returned by the API.',
    rotate_token:
      'Revoke a deploy token and create a new one with the same scopes. The new value is shown once only.',
    fork_repository: 'Fork a repository to your own account or the specified organization.',
    list_commits:
      'Get list of commits of a branch. If not provided, uses the default branch of the repository.',
  },
  browser: {
    navigate: 'Navigate to a URL',
    click: 'Perform click on a web page. Take a snapshot first to learn the `ref` of the element.',
    type_text: 'Type text into an editable element. Set submit to true to press Enter afterwards.',
    fill_form:
      'Fill multiple form fields at once. For passwords, refer to an entry of the vault by name rather than passing the value.',
    hover: 'Hover over element on page',
    snapshot: 'Capture accessibility snapshot of the current page, this is better than screenshot',
    screenshot:
      "Take a screenshot of the current page. You can't perform actions based on the screenshot, use snapshot for actions.",
    console_messages: 'Returns all console messages, errors first.',
    network_requests: 'Returns all network requests since loading the page, with status codes and timings.',
    evaluate: 'Evaluate a JavaScript expression on the page or an element and return its value as JSON.',
    upload_file: 'Upload one or multiple files through the file chooser that is currently open.',
    handle_dialog: 'Accept or dismiss an alert, confirm or prompt dialog. Provide promptText for a prompt.',
    get_cookies:
      'Get cookies of the current page, for debugging a login. Values of HttpOnly cookies are masked.',
    close: 'Close the page. Always close it when you are finished, to free resources.',
    wait_for: 'Wait for text to appear or disappear or a specified time to pass.',
  },
  database: {
    query:
      'Run a read-only SQL query. Only SELECT statements are allowed; anything else is rejected by the server.',
    execute:
      'Execute an INSERT, UPDATE or DELETE statement and return the number of rows affected.\n\n⚠️ Changes are committed immediately.',
    list_tables: 'List all tables in the database. You should call this first, before writing a query.',
    describe_table: 'Get the schema of a table: columns, types, defaults, indexes and foreign keys.',
    explain: 'Show the execution plan of a statement without executing it.',
    create_migration:
      'Prepare a migration on a temporary branch.\n\n<important_notes>\nAfter this tool returns, test the branch with run_sql and show the user the result. Only then call complete_migration.\n</important_notes>',
    complete_migration:
      'Apply a prepared migration to the main branch and delete the temporary branch. You MUST have the migration id of create_migration.',
    run_sql:
      '<use_case>\n  Runs a single statement on a given branch.\n</use_case>\n<return_type>Rows as JSON objects</return_type>',
    get_connection_string:
      'Get the connection string of a database. The password is part of it: treat it as confidential.',
    list_slow_queries: 'The slowest queries by total time. Requires the pg_stat_statements extension.',
    backup: 'Start a backup. Returns a job id, poll it with backup_status until done.',
    backup_status: 'Status of a backup job: queued, running, done or failed.',
  },
  mail: {
    send_email:
      'Send an email. Recipients, subject and body are required; cc, bcc and attachments are optional.',
    draft_email:
      'Save a draft without sending it. Prefer a draft if the user has not asked explicitly to send.',
    read_email: 'Retrieve the content of an email by its id, headers included.',
    search_emails: 'Search emails with the usual operators: from:, to:, subject:, before:, has:attachment.',
    modify_labels:
      'Add or remove labels. To archive a message remove the label INBOX; to mark as read remove UNREAD.',
    delete_email: 'Permanently deletes an email. Use trash_email if it should be recoverable.',
    trash_email: 'Move an email to the trash, from where it is removed after 30 days.',
    download_attachment:
      'Downloads an attachment to a folder. The file name of the attachment is used unless another is given.',
    forward_email:
      'Forward an email to other recipients, with its attachments unless `without_attachments` is set.',
    list_filters: 'List the filters of the account.',
    create_filter:
      'Create a filter that acts on incoming mail: label it, archive it, mark it as important or forward it to a verified address.',
    unsubscribe: 'Unsubscribe from a mailing list using its List-Unsubscribe header.',
  },
  chat: {
    list_channels: 'List public and pre-defined channels in the workspace with pagination',
    post_message: 'Post a new message to a channel or direct message to user',
    reply_to_thread:
      'Reply to a specific message thread. The timestamp must be in the format 1234567890.123456.',
    add_reaction: 'Add a reaction emoji to a message',
    get_history:
      'Get recent messages from a channel, newest first. Bots and system messages are left out unless asked for.',
    get_users:
      'Get a list of all users with their basic profile. Email addresses are only included with the scope users:read.email.',
    schedule_message:
      'Schedule a message for later. Times are in the time zone of the user who owns the token.',
    set_topic: 'Set the topic of a channel. Previous topic is overwritten.',
    upload_snippet: 'Share a snippet of code or text in a channel, with syntax highlighting.',
    search_files: 'Search files that were shared in channels.',
    search_messages:
      "Search messages with modifiers such as in:#channel or from:@user. Don't use it to find files, use search_files.",
  },
  calendar: {
    list_events: 'List events in a time range. Recurring events are expanded into single instances.',
    create_event: 'Create an event. Invitations are emailed to attendees unless `notify` is false.',
    update_event: 'Change an event. For a recurring event, choose this one, this and following, or all.',
    delete_event: 'Cancel an event and let attendees know.',
    find_free_time: 'Find slots where all attendees are free. Working hours are respected by default.',
    respond: 'Accept, decline or tentatively accept an invitation on behalf of the user.',
    get_current_time:
      "Get the current time in a time zone. Use this tool whenever the user refers to 'today' or 'tomorrow', since you do not know the date.",
    convert_time: 'Convert time between timezones',
  },
  maps: {
    geocode:
      'Convert an address or place name to coordinates.\n\nThis tool takes a description of a location and returns latitude, longitude and a formatted address.\n\nArgs:\n    address: Free text\n\nReturns:\n    A dictionary with the location and its bounding box',
    reverse_geocode: 'The address at given coordinates.',
    directions:
      'Get directions between two points, by car, bike, foot or public transport, with distance and duration.',
    nearby:
      'Find points of interest near a location. Useful for trip planning, restaurants, and for evaluating a neighbourhood.',
    elevation: 'Elevation of a point in metres above sea level.',
    matrix: 'Distances between many origins and destinations. Limited to 100 elements per request.',
    static_map: 'Render a map image with markers as PNG.',
    isochrone: 'The area that can be reached within so many minutes.',
  },
  weather: {
    get_alerts:
      'Get weather alerts for a US state.\n\n    Args:\n        state: Two-letter US state code (e.g. CA, NY)\n    ',
    get_forecast:
      'Get weather forecast for a location.\n\n    Args:\n        latitude: Latitude of the location\n        longitude: Longitude of the location\n    ',
    current: 'Current conditions: temperature, wind, humidity and pressure.',
    history: 'Daily means of past years. Data before 1950 is incomplete and should not be relied upon.',
    air_quality: 'Air quality index with the pollutant that determines it.',
    marine: 'Waves, swell and sea temperature for the next seven days.',
  },
  thinking: {
    think:
      'Use the tool to think about something. It will not obtain new information or make any changes, but just log the thought. Use it when complex reasoning is needed.',
    sequential_thinking:
      'A tool for dynamic and reflective problem-solving through thoughts.\n\nWhen to use this tool:\n- Breaking down complex problems into steps\n- Planning with room for revision\n- Filtering out irrelevant information\n\nYou should:\n1. Start with an initial estimate of needed thoughts\n2. Feel free to question or revise previous thoughts\n3. Ignore information that is irrelevant to the current step\n4. Only set next_thought_needed to false when truly done',
    plan: 'Write down a plan as a list of steps with status. Keep exactly one step in progress at a time.',
    reflect:
      'Look back at what was done and note what should be done differently. The notes are kept for this session.',
  },
  memory: {
    create_entities: 'Create multiple new entities in the knowledge graph',
    add_observations: 'Add new observations to existing entities in the knowledge graph',
    delete_entities: 'Delete multiple entities and their associated relations from the knowledge graph',
    search_nodes: 'Search for nodes in the knowledge graph based on a query',
    remember:
      'Save a fact about the user for later conversations. Do not store passwords, card numbers or other sensitive data.',
    recall:
      'Look up what is known about a topic. Use it at the start of a conversation if the user refers to earlier ones.',
    forget: 'Forget a fact. Everything that was derived from it is removed as well.',
  },
  documents: {
    create_document: 'Create a new Word document with optional metadata.',
    add_heading: 'Add a heading to a Word document.',
    add_paragraph: 'Add a paragraph to a Word document. Font, size, bold and color can be set.',
    add_table: 'Add a table with the specified number of rows and columns, filled with data if given.',
    protect: 'Protect a document with a password. The password cannot be recovered: keep it somewhere safe.',
    unprotect: 'Remove password protection from a document. The current password is required.',
    convert_to_pdf:
      'Convert a document to PDF. Requires LibreOffice to be installed on the machine where the server runs.',
    get_outline: 'The headings of a document with their levels.',
    replace_text: 'Search for text and replace all occurrences. Formatting is kept where possible.',
    track_changes: 'Turn tracked changes on or off, list them, accept or reject them.',
    extract_comments: 'Extract all comments with author and date.',
  },
  sheets: {
    read_range: 'Read values of a range in A1 notation, such as Sheet1!A1:D10.',
    write_range:
      'Write values to a range. Strings that begin with = are formulas; set raw to write them as text.',
    append_rows: 'Append rows after the last row with content.',
    create_chart: 'Create a chart from a range: column, bar, line, pie, scatter or area.',
    format_range: 'Apply number format, colors and borders to a range.',
    share:
      'Share a spreadsheet with people by email address, as reader, commenter or writer. They are notified by email.',
    pivot: 'Create a pivot table. Existing content at the destination is overwritten without a question.',
    data_validation: 'Restrict what may be entered into cells: lists, numbers, dates or a custom formula.',
  },
  charts: {
    violin:
      'Generate a violin chart to show the distribution of data of several categories, such as the time that teams take for a review.',
    word_cloud:
      'Generate a word cloud chart to show word frequency through text size, such as, common words in reviews.',
    organization:
      'Generate an organization chart to visualize the hierarchy of an organization, such as who reports to whom.',
    flow: 'Generate a flow diagram from Mermaid text. Invalid diagrams are returned with the line of the error: correct it and call again.',
    treemap: 'Generate a treemap of hierarchical data, such as disk usage by folder.',
    sankey: 'Shows how a quantity flows from stage to stage, such as visitors of a shop.',
  },
  cloud: {
    list_instances: 'List virtual machines with state, type, zone and addresses.',
    stop_instance: 'Stops a virtual machine. Data on local disks is lost. Requires the role Operator.',
    get_secret:
      'Get the value of a secret from the key vault. Access is logged. Use list_secrets to see names without values.',
    list_secrets: 'List secrets of a key vault, names and dates only.',
    set_secret: 'Create a secret or a new version of one. Never log the value.',
    get_logs:
      'Query logs with a filter language. Defaults to the last hour; wider ranges may be slow and expensive.',
    deploy:
      'Deploy a service from a container image. Environment variables that are not passed are kept from the previous revision.',
    rollback: 'Roll back a service to an earlier revision. Traffic is switched instantly.',
    estimate_cost: 'Estimate the monthly cost of a set of resources in the currency of the account.',
    check_quota:
      'Usage and limit of a quota. If a deployment fails with QUOTA_EXCEEDED, call this tool to find which one.',
    generate_diagram:
      'Generates an architecture diagram of the application. Scan the workspace first to detect services and their connections, then fill in the `topology` input. Omit files that are not source code.',
    best_practices:
      'Get best practices for the given resource. You should call this tool before generating code or deploying, to produce secure and current configurations.',
  },
  search: {
    web_search:
      'Performs a web search and returns titles, links and snippets. Ideal for recent events and general questions. Maximum 20 results per request, with offset for pagination.',
    local_search:
      'Searches for businesses near a place. Automatically falls back to web search if no local results are found.',
    fetch:
      'Fetches a URL from the internet and extracts its contents as Markdown. Robots.txt is obeyed unless the user asked for the page.',
    deep_research:
      'Researches a question over many pages and writes a report with sources. Takes several minutes: tell the user that it will take a while.',
    similar: 'Find pages similar to a URL.',
    answer:
      'Get a direct answer to a question with citations. Use web_search instead if you need the raw results.',
    news: 'Latest headlines by topic, country and language.',
    images: 'Search for images. Returns thumbnails and the pages they stand on, with licence where known.',
  },
  shell: {
    run_command:
      'Executes a shell command in the workspace and returns stdout, stderr and exit code.\n\nNotes:\n- Quote paths that contain spaces\n- Avoid interactive commands, they will hang\n- Commands that match the denylist are refused',
    start_process: 'Start a long-running process in the background. Read what it prints with read_output.',
    read_output: 'Read output of a running process since the last call.',
    kill_process: 'Terminate a running process by PID. Use with caution as this will forcefully end it.',
    list_processes: 'List all running processes with CPU and memory usage.',
    ssh_exec:
      'Run a command on a remote host. Hosts and keys are taken from ~/.ssh/config of the machine that runs this server; keys are never returned.',
    get_env: 'Get environment variables of the server by name. Names that look like credentials are masked.',
    install_package: 'Install a package with the package manager of the project. Lock files are respected.',
  },
  tickets: {
    create_ticket:
      'Create a ticket. Summary, project and type are mandatory. Do not set a priority unless the user said one.',
    transition_ticket:
      'Move a ticket to another status. Get the allowed transitions with list_transitions first.',
    list_transitions: 'Transitions that are possible from the current status of a ticket.',
    search_tickets:
      'Search with the query language, for example: project = SHOP AND status != Done ORDER BY created DESC',
    log_work: 'Log time spent on a ticket, such as 3h 30m.',
    link_tickets: 'Link two tickets: blocks, duplicates, relates to.',
    assign: "Assign a ticket. Pass null to unassign, or '-1' for the default assignee.",
    bulk_update: 'Update up to 50 tickets at once. All or nothing: one that fails rolls back the others.',
  },
  payments: {
    create_customer:
      'Creates a customer.\n\nIt takes two arguments:\n- name (str): The name of the customer.\n- email (str, optional): The email of the customer.',
    list_invoices:
      'This tool will fetch a list of invoices.\n\nIt takes two arguments.\n- customer (str, optional): Only of this customer.\n- limit (int, optional): How many to return.',
    create_refund:
      'Refund a payment, in whole or in part. The amount is in the smallest unit of the currency.',
    create_payment_link: 'Create a link by which anybody can pay a price. Share it with the customer.',
    get_balance: 'Available and pending balance of the account.',
    cancel_subscription:
      'Cancel a subscription now or at the end of the period. This is irreversible; make sure the user wants it.',
    verify_webhook:
      'Check the signature of a webhook against the endpoint secret, which must be configured beforehand.',
  },
  languages: {
    seiten_abrufen: 'Ruft eine Webseite ab und gibt ihren Inhalt als Text zurück. Bilder werden weggelassen.',
    termin_suchen: 'Sucht freie Termine. Vor dem Buchen bitte immer den Benutzer fragen.',
    traduire: "Traduit un texte. Si la langue source n'est pas indiquée, elle est détectée automatiquement.",
    buscar_vuelos: 'Busca vuelos entre dos aeropuertos. Use códigos IATA; no utilice nombres de ciudades.',
    查询天气: '根据城市名称查询当前天气和未来三天的预报',
    更新日志: '列出组件的更新日志\n适用场景:\n1. 用户询问某个组件的更新\n2. 升级前检查不兼容的改动',
    検索: '社内文書を検索します。最新の情報が必要な場合は、日付で絞り込んでください。',
    поиск: 'Поиск по базе знаний. Возвращает не более десяти статей.',
  },
  science: {
    article_searcher:
      'Search biomedical literature.\n\n⚠️ PREREQUISITE: Use the `think` tool of this server first to plan your search strategy!\n\nImportant: this searches ARTICLES, not variant records. For records use variant_searcher.',
    think:
      'Plan a research question step by step. Always begin here for anything that needs more than one lookup.',
    variant_searcher:
      'Search variant DATABASE RECORDS (frequency, significance), NOT articles about variants.',
    protein_structure: 'Get the predicted structure of a protein by its accession.',
    random_choice:
      'Choose k items from population with replacement, optionally weighted.\n\nArgs:\n    population: List of items to choose from\n    k: Number of items (default 1)\n\nReturns:\n    List of k chosen items',
    solve: 'Solve an equation or system of equations symbolically.',
    unit_convert: 'Converts between units.',
    molecule_render: '',
  },
};
