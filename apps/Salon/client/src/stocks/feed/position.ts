// Where somebody is in the stream: an id is `epoch-seq`, and the numbers of one epoch grow.

/** Whether an event comes after a position, in the same run of the market. */
export function isAfter(id: string, position: string | null): boolean {
  const [event, here] = [split(id), split(position ?? "")];
  return event !== null && here !== null && event.epoch === here.epoch && event.seq > here.seq;
}

function split(id: string): { epoch: string; seq: number } | null {
  const match = /^(.+)-(\d+)$/.exec(id);
  return match && { epoch: match[1]!, seq: Number(match[2]) };
}
