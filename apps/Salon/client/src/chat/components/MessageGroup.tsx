import { Avatar } from "./Avatar";
import { clock, fullTime } from "../format";
import { isOnlyEmoji, linkify } from "../linkify";
import { keyOf } from "../names";
import { texts } from "../../shared/language";
import type { Group } from "../timeline";

/** What one person said in a few minutes. */
export function MessageGroup({ group, self }: { group: Group; self: string }) {
  const t = texts.value.conversation;
  const isOwn = !group.messages[0]!.external && keyOf(group.username) === keyOf(self);

  return (
    <li class="group">
      <Avatar name={group.username} />
      <div>
        <div class="head">
          <span class={isOwn ? "author self" : "author"} dir="auto">
            {group.username}
          </span>
          {group.messages[0]!.external && (
            <span class="tag" title={t.externalTitle}>
              {t.external}
            </span>
          )}
          <time dateTime={group.time} title={fullTime(group.time)}>
            {clock(group.time)}
          </time>
        </div>
        {group.messages.map((message) => (
          <Said key={message.id} text={message.text} time={message.time} />
        ))}
      </div>
    </li>
  );
}

export function Said({ text, time, isPending }: { text: string; time: string; isPending?: boolean }) {
  const classes = ["said", isOnlyEmoji(text) && "large", isPending && "pending"].filter(Boolean).join(" ");

  return (
    <p class={classes} dir="auto" title={clock(time)}>
      {linkify(text).map((piece) =>
        piece.href === undefined ? (
          piece.text
        ) : (
          <a href={piece.href} target="_blank" rel="noopener noreferrer nofollow">
            {piece.text}
          </a>
        ),
      )}
    </p>
  );
}
