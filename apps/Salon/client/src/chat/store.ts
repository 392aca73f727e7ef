import { computed, effect, signal } from "@preact/signals";
import { Connection } from "./connection";
import { limits } from "./contract";
import type { Message, RoomSummary } from "./contract";
import { keyOf, roomKeyOf, tidy } from "./names";
import { Outbox } from "./outbox";
import type { Outgoing } from "./outbox";
import { Room } from "./room";
import { read, write } from "../shared/storage";

/** Everything that the page knows of the chat, as one person: who comes with another name gets another store. */
export class ChatStore {
  readonly connection: Connection;
  readonly outbox: Outbox;
  readonly rooms = signal<readonly Room[]>([]);
  readonly current = signal<Room | null>(null);

  /** The last message that came by itself into the room that is looked at, for those who hear the page. */
  readonly announced = signal<Message | null>(null);

  readonly unreadTotal = computed(() => this.rooms.value.reduce((sum, room) => sum + room.unread.value, 0));

  private readonly stops: (() => void)[] = [];

  /** @param firstRoom where somebody goes who was never here */
  constructor(readonly username: string, firstRoom: string) {
    this.connection = new Connection(username);
    this.outbox = new Outbox(
      `outbox.${keyOf(username)}`,
      (item) => this.connection.ask("message:send", { room: item.room, text: item.text, clientMsgId: item.clientMsgId }),
      this.onSent,
    );

    const readUpTo = read<Record<string, number>>("read", {});
    for (const name of read<string[]>("rooms", [firstRoom])) this.remember(new Room(name), readUpTo);

    this.listen();
  }

  find(name: string): Room | undefined {
    return this.rooms.peek().find((room) => room.key === roomKeyOf(name));
  }

  /** Shows a room, and joins it if need be. */
  open(name: string): void {
    let room = this.find(name);
    if (!room) {
      room = new Room(tidy(name));
      this.remember(room, {});
      void this.join(room);
    }

    if (room !== this.current.peek()) {
      room.markNew();
      this.current.value = room;
    }
  }

  /** Shows the room above or below the one that is shown. */
  step(by: 1 | -1): void {
    const rooms = this.rooms.peek();
    const room = this.current.peek();
    const next = rooms[room ? (rooms.indexOf(room) + by + rooms.length) % rooms.length : 0];
    if (next) this.open(next.name);
  }

  async leave(room: Room): Promise<void> {
    const rooms = this.rooms.peek().filter((other) => other !== room);
    this.rooms.value = rooms;
    if (this.current.peek() === room) this.current.value = rooms[0] ?? null;
    this.outbox.items.peek().filter((item) => this.isIn(item, room)).forEach((item) => this.outbox.discard(item.clientMsgId));
    this.save();
    await this.connection.ask("room:leave", { room: room.name });
  }

  say(room: Room, text: string): void {
    room.unreadFrom.value = null;
    this.outbox.add(room.name, text);
  }

  setTyping(room: Room, on: boolean): void {
    // What is not told now is not worth telling later.
    if (this.connection.isOnline) this.connection.socket.emit("typing", { room: room.name, on });
  }

  isIn(item: Outgoing, room: Room): boolean {
    return keyOf(item.room) === keyOf(room.name);
  }

  async listRooms(): Promise<RoomSummary[] | null> {
    const rooms: RoomSummary[] = [];
    let hasMore = true;

    for (let page = 0; hasMore && page < limits.roomPages; page++) {
      const last = rooms.at(-1);
      const reply = await this.connection.ask("room:list", last ? { after: last.room } : {});
      if (!reply.ok) return page === 0 ? null : rooms;
      rooms.push(...reply.rooms);
      hasMore = reply.hasMore;
    }

    return rooms;
  }

  async loadOlder(room: Room): Promise<void> {
    const before = room.messages.peek()[0]?.seq;
    if (before === undefined || room.isLoadingOlder.peek() || !room.hasOlder.peek()) return;

    room.isLoadingOlder.value = true;
    const reply = await this.connection.ask("room:history", { room: room.name, before, limit: limits.historyPage });
    if (reply.ok) {
      room.add(reply.messages);
      room.hasOlder.value = reply.hasMore;
    }
    room.isLoadingOlder.value = false;
  }

  /** The room that is shown has been looked at to its end. */
  markRead(): void {
    const room = this.current.peek();
    if (!room || room.unread.peek() === 0) return;
    room.markRead();
    this.save();
  }

  close(): void {
    this.stops.forEach((stop) => stop());
    this.connection.close();
  }

  async join(room: Room): Promise<void> {
    if (!this.connection.isOnline) return;

    const since = room.lastSeq;
    const reply = await this.connection.ask("room:join", since === undefined ? { room: room.name } : { room: room.name, since });

    if (!reply.ok) {
      if (reply.error.code !== "timeout") room.phase.value = { kind: "failed", code: reply.error.code };
      return;
    }

    if (since !== undefined && reply.hasMore) {
      // Too much was missed to show it all: begin anew with the newest, and let who wants page back.
      const newest = await this.connection.ask("room:join", { room: room.name });
      if (!newest.ok) return;
      room.onJoined(newest, false);
    } else {
      room.onJoined(reply, since !== undefined);
    }

    // The server may write the room's name differently: it may be a room that is open already.
    const known = this.rooms.peek().find((other) => other !== room && other.key === room.key);
    this.rooms.value = this.rooms.peek().filter((other) => !known || other !== room);
    if (known && this.current.peek() === room) this.current.value = known;
    this.save();
  }

  private listen(): void {
    const socket = this.connection.socket;

    socket.on("message", (message) => void this.onMessage(message));
    socket.on("presence", ({ room, members }) => {
      const found = this.find(room);
      if (found) found.members.value = members;
    });
    socket.on("presence:changed", ({ room, joined, left }) => this.find(room)?.onPresenceChanged(joined, left));
    socket.on("typing", ({ room, username, on }) => this.find(room)?.onTyping(username, on));
    socket.on("notification", (notification) => {
      if (keyOf(notification.username ?? "") !== keyOf(this.username)) this.find(notification.room)?.onNotification(notification);
    });

    const forgetting = setInterval(() => this.rooms.peek().forEach((room) => room.forgetTypists()), 1_000);

    this.stops.push(
      () => clearInterval(forgetting),
      effect(() => {
        if (this.connection.status.value.kind === "online") void this.onOnline();
        else this.outbox.close();
      }),
    );
  }

  private async onOnline(): Promise<void> {
    await Promise.all(this.rooms.peek().map((room) => this.join(room)));
    if (this.connection.isOnline) this.outbox.open();
  }

  private async onMessage(message: Message): Promise<void> {
    const room = this.find(message.room);
    if (!room) return;

    const gap = room.onMessage(message);
    if (gap !== null) {
      const reply = await this.connection.ask("room:history", { room: room.name, since: gap, limit: limits.gap });
      if (reply.ok) room.add(reply.messages);
    }

    if (message.clientMsgId) this.outbox.discard(message.clientMsgId);
    if (room === this.current.peek() && keyOf(message.username) !== keyOf(this.username)) this.announced.value = message;
  }

  private readonly onSent = (item: Outgoing, sent: { seq: number; id: string; time: string }): void => {
    const message = { room: item.room, username: this.username, text: item.text, clientMsgId: item.clientMsgId, ...sent };
    const room = this.find(item.room);
    if (room && (room.lastSeq ?? 0) + 1 >= sent.seq) room.add([message]);
  };

  private remember(room: Room, readUpTo: Record<string, number>): void {
    room.readUpTo.value = readUpTo[room.key] ?? null;
    this.rooms.value = [...this.rooms.peek(), room];
    this.save();
  }

  private save(): void {
    const rooms = this.rooms.peek();
    write("rooms", rooms.map((room) => room.name));
    write("read", Object.fromEntries(rooms.map((room) => [room.key, room.readUpTo.peek()]).filter(([, seq]) => seq !== null)));
  }
}
