// Names and codes of the protocol, as the SDK has them too: taken from there, they would bring all of it along.

/** The revision without a handshake. */
export const MODERN_VERSION = '2026-07-28';

export const PROTOCOL_VERSION_KEY = 'io.modelcontextprotocol/protocolVersion';
export const CLIENT_INFO_KEY = 'io.modelcontextprotocol/clientInfo';
export const CLIENT_CAPABILITIES_KEY = 'io.modelcontextprotocol/clientCapabilities';
/** Where a server of that revision says its name. */
export const SERVER_INFO_KEY = 'io.modelcontextprotocol/serverInfo';
export const LOG_LEVEL_KEY = 'io.modelcontextprotocol/logLevel';

export const INVALID_PARAMS = -32_602;
export const INTERNAL_ERROR = -32_603;
