import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { doneToken, errorToken, loginAck, rowsTokens, type TdsColumn } from './tds-tokens.js';

/** What the client asked for when it logged in. */
export interface TdsLogin {
  readonly user_name: string;
  readonly application_name: string;
  readonly database_name: string;
  readonly has_read_only_intent: boolean;
}

export type TdsAnswer =
  | { readonly columns: readonly TdsColumn[]; readonly rows: readonly (readonly unknown[])[] }
  | { readonly error: number }
  | 'silence'
  | 'hang_up';

export interface TdsServerOptions {
  /** The number of the server's refusal; undefined lets in. */
  refuse?(login: TdsLogin): number | undefined;
  /** @param request the whole request as text: the statement and the declarations of its parameters */
  answer?(request: string): TdsAnswer;
}

const packet = { batch: 1, rpc: 3, reply: 4, attention: 6, login: 16, prelogin: 18 } as const;
const header_bytes = 8;
const last_packet = 1;

/**
 * The server's side of the wire protocol (TDS 7.4, MS-TDS), as far as the real driver needs it to log in and to get
 * rows and errors: so that connect.ts is tried with the driver itself, not with a double.
 */
export class TdsServer {
  readonly logins: TdsLogin[] = [];

  private constructor(
    readonly server: Server,
    readonly options: TdsServerOptions,
    readonly sockets: Set<Socket>,
  ) {}

  static async start(options: TdsServerOptions = {}): Promise<TdsServer> {
    const server = createServer();
    const tds = new TdsServer(server, options, new Set());
    server.on('connection', (socket) => tds.#serve(socket));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return tds;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }

  #serve(socket: Socket): void {
    this.sockets.add(socket);
    socket.on('error', () => undefined);
    let received = Buffer.alloc(0);
    let message = Buffer.alloc(0);
    socket.on('data', (data) => {
      received = Buffer.concat([received, data]);
      while (received.length >= header_bytes && received.length >= received.readUInt16BE(2)) {
        const length = received.readUInt16BE(2);
        const [type, status] = [received[0] ?? 0, received[1] ?? 0];
        message = Buffer.concat([message, received.subarray(header_bytes, length)]);
        received = received.subarray(length);
        if ((status & last_packet) === 0) continue;
        this.#reply(socket, type, message);
        message = Buffer.alloc(0);
      }
    });
  }

  #reply(socket: Socket, type: number, message: Buffer): void {
    if (type === packet.prelogin) return send(socket, preloginAnswer());
    if (type === packet.login) return send(socket, this.#login(message));
    if (type === packet.attention) return send(socket, doneToken('attention'));
    const text = textOf(message);
    // The settings that the driver sends of its own accord after the login.
    if (type === packet.batch && !text.includes('SELECT')) return send(socket, doneToken('batch'));
    const answer = this.options.answer?.(text) ?? { columns: [], rows: [] };
    if (answer === 'silence') return;
    if (answer === 'hang_up') return void socket.destroy();
    send(
      socket,
      'error' in answer
        ? Buffer.concat([errorToken(answer.error), doneToken('failed')])
        : rowsTokens(answer.columns, answer.rows),
    );
  }

  #login(message: Buffer): Buffer {
    const login = loginOf(message);
    this.logins.push(login);
    const number = this.options.refuse?.(login);
    if (number === undefined) return Buffer.concat([loginAck(), doneToken('batch')]);
    return Buffer.concat([errorToken(number), doneToken('failed')]);
  }
}

function send(socket: Socket, body: Buffer): void {
  const header = Buffer.alloc(header_bytes);
  header.writeUInt8(packet.reply, 0);
  header.writeUInt8(last_packet, 1);
  header.writeUInt16BE(body.length + header_bytes, 2);
  socket.write(Buffer.concat([header, body]));
}

/** Version 16, and no encryption: the tests ask for none. */
function preloginAnswer(): Buffer {
  const options = Buffer.from([0, 0, 11, 0, 6, 1, 0, 17, 0, 1, 0xff]);
  return Buffer.concat([options, Buffer.from([16, 0, 0x10, 0x27, 0, 0]), Buffer.from([2])]);
}

function loginOf(message: Buffer): TdsLogin {
  const text = (at: number): string => {
    const [offset, characters] = [message.readUInt16LE(at), message.readUInt16LE(at + 2)];
    return message.toString('utf16le', offset, offset + 2 * characters);
  };
  return {
    user_name: text(40),
    application_name: text(48),
    database_name: text(68),
    has_read_only_intent: ((message[26] ?? 0) & 0x20) !== 0,
  };
}

/** Texts lie at odd and even places of a call: both readings, one after the other. */
const textOf = (message: Buffer): string =>
  `${message.toString('utf16le')}\n${message.subarray(1).toString('utf16le')}`;
