import { describe, expect, it } from 'vitest';
import { toServer, toTool, toToolSettings } from '../../../test/support/fake-downstream.ts';
import { cites } from '../../../test/support/verifies.ts';
import { classifyRisk, isCacheable, isEgress, isSensitive } from './risk.ts';

const stranger = toServer('box');
const friend = toServer('box', { trusted: true });
const plain = toToolSettings();
const readOnly = { readOnlyHint: true, idempotentHint: true };

describe('the risk of a tool', () => {
  it.each([
    ['deleteRepository', 'destructive'],
    ['delete_repository', 'destructive'],
    ['repo-DELETE', 'destructive'],
    ['XMLRemover', 'destructive'],
    ['merge_pull_request', 'destructive'],
    ['dropTable', 'destructive'],
    ['send_message', 'write'],
    ['createIssue', 'write'],
    ['update_file', 'write'],
    ['get_or_create_user', 'write'],
    ['list_and_close_issues', 'write'],
    ['get_issue', 'read'],
    ['listOpenIssues', 'read'],
    ['get_order', 'read'],
    ['searchCode', 'read'],
    ['read_text_file', 'read'],
    ['list_merge_requests', 'read'],
    ['list_deleted_items', 'read'],
    ['get_and_delete', 'destructive'],
    ['bulkDeletion', 'destructive'],
    ['vault_key_get', 'read'],
    ['issue_comment_list', 'read'],
    ['execute_query', 'destructive'],
    ['run_query', 'write'],
    ['post_list', 'write'],
    ['start_watch', 'write'],
    ['check_out', 'write'],
    ['checkIn', 'write'],
    ['hotel_check_out', 'write'],
    ['log_expense', 'write'],
    ['log_out', 'write'],
    ['load_funds', 'write'],
    ['load_prepaid_balance', 'write'],
    ['get_rid_of_file', 'destructive'],
    ['resolve_incident', 'unknown'],
    ['watch', 'unknown'],
    ['watch_repository', 'unknown'],
    ['select_option', 'unknown'],
    ['git_log', 'read'],
    ['log', 'read'],
    ['get_log_entries', 'read'],
    ['check_stock', 'read'],
    ['get_check_out_time', 'read'],
    ['check_in_stock', 'read'],
    ['load_page', 'read'],
    ['resolve-library-id', 'read'],
    ['resolve_hostname', 'read'],
    ['frobnicate', 'unknown'],
    ['settings', 'unknown'],
  ])('%s is %s by its name', (name, risk) => {
    expect(classifyRisk(toTool(name, { description: '' }), stranger, plain)).toBe(risk);
  });

  it.each([
    ['format_disk', 'destructive'],
    ['formatUsbDrive', 'destructive'],
    ['format_date', 'unknown'],
    ['format_json', 'unknown'],
    ['format_volume_size', 'unknown'],
    ['get_disk_format', 'read'],
    ['charge_card', 'destructive'],
    ['create_charge', 'destructive'],
    ['list_charges', 'read'],
    ['charges_list', 'read'],
    ['get_battery_charge', 'read'],
    ['ev_charging_stations', 'unknown'],
    ['empty_trash', 'destructive'],
    ['emptyBucket', 'destructive'],
    ['is_empty', 'read'],
    ['list_empty_folders', 'read'],
    ['create_empty_folder', 'write'],
    ['ban_user', 'destructive'],
    ['list_banned_users', 'read'],
    ['list_bans', 'read'],
    ['create_banner', 'write'],
    ['get_banner', 'read'],
    ['deactivate_user', 'destructive'],
    ['list_deactivated_users', 'read'],
    ['nuke', 'destructive'],
    ['nuke_environment', 'destructive'],
    ['wipe_device', 'destructive'],
    ['terminate_instance', 'destructive'],
    ['revoke_token', 'destructive'],
    ['purge_cache', 'destructive'],
    ['shred_file', 'destructive'],
    ['decommission_host', 'destructive'],
    ['browser_click', 'unknown'],
    ['browse_files', 'read'],
    ['run_command', 'destructive'],
    ['runShellCommand', 'destructive'],
    ['run_python_code', 'destructive'],
    ['run_in_terminal', 'destructive'],
    ['run_sql', 'destructive'],
    ['run_sql_query', 'write'],
    ['run_tests', 'write'],
    ['run_code_review', 'write'],
    ['run_workflow', 'write'],
    ['list_run_commands', 'read'],
    ['get_run_script', 'read'],
    ['ssh_run_command_list', 'read'],
    ['last_run_command', 'write'],
    ['dry_run_script', 'write'],
    ['ssh_run_command', 'destructive'],
    ['terminal_run_command', 'destructive'],
    ['docker_run_script', 'destructive'],
    ['tmux_run_shell', 'destructive'],
    ['e2b_run_code', 'destructive'],
    ['python_run_code', 'destructive'],
    ['jupyter_run_code_cell', 'destructive'],
    ['browser_run_code', 'destructive'],
    ['get_and_run_script', 'destructive'],
    ['run_python', 'destructive'],
    ['run_python_file', 'destructive'],
    ['run_applescript', 'destructive'],
    ['run_osascript', 'destructive'],
    ['run_js', 'destructive'],
    ['runJavaScript', 'destructive'],
    ['execute_code', 'destructive'],
    ['run_code_inspections', 'write'],
    ['run_code_scanning', 'write'],
    ['run_code_generation', 'write'],
    ['run_code_completion', 'write'],
    ['run_command_palette_search', 'write'],
    ['run_script_tests', 'write'],
    ['workflow_run_script_logs', 'write'],
    ['run_python_tests', 'write'],
    ['run_python_unit_tests', 'write'],
    ['run_python_code_review', 'write'],
    ['add_hook_to_run_commands', 'write'],
    ['get_command_runs', 'read'],
    ['close_account', 'destructive'],
    ['close_bank_account', 'destructive'],
    ['closeBankAccounts', 'destructive'],
    ['close_cards_and_accounts', 'destructive'],
    ['close_ticket_for_account', 'write'],
    ['close_case_on_account', 'write'],
    ['close_issue_in_account', 'write'],
    ['close_account_menu', 'write'],
    ['close_issue', 'write'],
    ['list_closed_accounts', 'read'],
    ['posts_list', 'read'],
    ['deletes_list', 'destructive'],
  ])('%s is %s, whatever else its words may mean', (name, risk) => {
    expect(classifyRisk(toTool(name, { description: '' }), stranger, plain)).toBe(risk);
  });

  it.each([
    ['Charges the card.', 'destructive'],
    ['Bans a user for good.', 'destructive'],
    ['Empties the trash.', 'destructive'],
    ['Formats a disk.', 'destructive'],
    ['Deactivates a user.', 'destructive'],
    ['Runs a shell command.', 'destructive'],
    ['Run arbitrary Python code in a sandbox.', 'destructive'],
    ['Runs the tests of a project.', 'write'],
    ['Runs Python in a sandbox.', 'destructive'],
    ['Run SQL validation.', 'write'],
    ['Runs Python type checks.', 'write'],
    ['Create a workflow to run scripts on a schedule.', 'write'],
    ['Add a hook to run commands before commit.', 'write'],
    ['Closes the account of a customer.', 'destructive'],
    ['Closes positions and accounts reports.', 'write'],
    ['Close periods for account reconciliation.', 'write'],
    ['Close conversations by account.', 'write'],
    ['Runs tests with one command.', 'write'],
    ['Formats a date.', 'unknown'],
    ['Shows charges. Charge: the id of one.', 'read'],
    ['Lists folders. Empty if there are none.', 'read'],
    ['Lists rooms. Format: JSON.', 'read'],
    ['Finds charging stations.', 'read'],
    ['Returns the status. Ban lists are left out.', 'unknown'],
  ])('"%s" is %s', (description, risk) => {
    expect(classifyRisk(toTool('frobnicate', { description }), stranger, plain)).toBe(risk);
    const reads = classifyRisk(toTool('get_thing', { description }), stranger, plain);
    expect(reads).toBe(risk === 'unknown' ? 'read' : risk);
  });

  it('is told by the description when the name says nothing', () => {
    const risky = (description: string) => classifyRisk(toTool('cleanup', { description }), stranger, plain);
    expect(risky('Deletes old branches.')).toBe('destructive');
    expect(risky('Tidies up. Permanently removing everything.')).toBe('destructive');
    expect(risky('Connects to a host and runs a command there.')).toBe('destructive');
    expect(risky('Use this tool to run a shell command.')).toBe('destructive');
    expect(risky('This will run a script.')).toBe('destructive');
    expect(risky('Allows you to run commands on a host.')).toBe('destructive');
    expect(risky('Lets agents use a host. Allows users to run commands.')).toBe('destructive');
    expect(risky('Creates a report.')).toBe('write');
    expect(risky('Lists what is old.')).toBe('read');
    expect(risky('Makes no promise: nothing here.')).toBe('write');
    expect(risky('Lists deleted branches.')).toBe('read');
    expect(risky('A tidy house.')).toBe('unknown');
    expect(risky('Checks out the cart.')).toBe('write');
    expect(risky('Gets rid of a file.')).toBe('destructive');
    expect(risky('Logs an expense.')).toBe('write');
    expect(risky('Loads your card with funds.')).toBe('write');
    expect(risky('Resolves an incident.')).toBe('unknown');
    expect(risky('Resolves a package name to what is known of it.')).toBe('read');
    expect(risky('Checks which rooms are free.')).toBe('read');
  });

  it('is as grave whatever the description leaves out', () => {
    const tool = toTool('ssh_run_command', { description: 'Runs on the remote host.' });
    expect(classifyRisk(tool, stranger, plain)).toBe('destructive');
  });

  it('is not graver for a title that says what is made for later', () => {
    const titled = (title: string) =>
      classifyRisk({ ...toTool('frobnicate', { description: '' }), title }, stranger, plain);
    expect(titled('Create a workflow to run scripts')).toBe('write');
    expect(titled('Tool to run scripts')).toBe('destructive');
    expect(titled('SSH: run a command')).toBe('destructive');
    expect(titled('Runs a shell command')).toBe('destructive');
  });

  it('is no better for the annotations of a stranger, and not against its own words for a friend', () => {
    const cleanup = toTool('cleanup', { description: 'deletes everything', annotations: readOnly });
    expect(classifyRisk(cleanup, stranger, plain)).toBe('destructive');
    expect(classifyRisk(cleanup, friend, plain)).toBe('destructive');
    const vague = toTool('frobnicate', { description: '', annotations: readOnly });
    expect(classifyRisk(vague, stranger, plain)).toBe('unknown');
    expect(classifyRisk(vague, friend, plain)).toBe('read');
    const worse = toTool('get_thing', { annotations: { destructiveHint: true } });
    expect(classifyRisk(worse, stranger, plain)).toBe('destructive');
    expect(classifyRisk(toTool('get_thing', { annotations: { readOnlyHint: false } }), stranger, plain)).toBe(
      'write',
    );
  });

  it('is what the operator says', () => {
    expect(classifyRisk(toTool('delete_all'), stranger, toToolSettings({ risk: 'read' }))).toBe('read');
  });
});

describe(`keeping answers ${cites('gateway/G4')}`, () => {
  const kept = (name: string, more: { server?: typeof friend; cache?: boolean; hints?: object } = {}) => {
    const tool = toTool(name, { description: '', annotations: { ...readOnly, ...more.hints } });
    const server = more.server ?? friend;
    const settings = more.cache === undefined ? plain : toToolSettings({ cache: more.cache });
    return isCacheable(tool, server, { settings, risk: classifyRisk(tool, server, settings) });
  };

  it('is for what is believed to read only and to be repeatable, or configured so', () => {
    expect(kept('get_thing')).toBe(true);
    expect(kept('get_thing', { server: stranger })).toBe(false);
    expect(kept('get_thing', { server: stranger, cache: true })).toBe(true);
    expect(kept('get_thing', { cache: false })).toBe(false);
    expect(kept('get_thing', { hints: { idempotentHint: false } })).toBe(false);
    expect(
      kept('get_thing', { server: toServer('box', { trusted: true, cache: { mode: 'off', ttlMs: 1 } }) }),
    ).toBe(false);
  });

  it('is never for a name with a verb that changes something', () => {
    const settings = toToolSettings({ cache: true, risk: 'read' });
    for (const name of ['deleteThing', 'get_or_create', 'sendMail', 'thing_update'])
      expect(isCacheable(toTool(name, { annotations: readOnly }), friend, { settings, risk: 'read' })).toBe(
        false,
      );
  });
});

describe('what leaves the house', () => {
  it('is told by name, by hint, and by the operator', () => {
    expect(isEgress(toTool('send_email'), plain, 'write')).toBe(true);
    expect(isEgress(toTool('postMessage'), plain, 'write')).toBe(true);
    expect(isEgress(toTool('write_file'), plain, 'write')).toBe(false);
    expect(isEgress(toTool('set', { annotations: { openWorldHint: true } }), plain, 'write')).toBe(true);
    expect(isEgress(toTool('send_email'), toToolSettings({ egress: false }), 'write')).toBe(false);
    expect(isEgress(toTool('fetch_url'), toToolSettings({ egress: true }), 'read')).toBe(true);
    expect([isSensitive(plain), isSensitive(toToolSettings({ sensitive: true }))]).toEqual([false, true]);
  });
});
