import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Room } from "../room";
import type { ChatStore } from "../store";

const near = 40;
const loadWithin = 300;

/**
 * Keeps the end of the conversation in view for those who look at it, and what they read in its place for those who look further up.
 * Loads older messages when the beginning comes near; marks as read what is looked at.
 */
export function useStickyScroll(room: Room, store: ChatStore, content: string) {
  const frame = useRef<HTMLDivElement>(null);
  const height = useRef(0);
  const firstSeq = useRef<number | undefined>(undefined);
  const follows = useRef(true);
  const [isAtEnd, setIsAtEnd] = useState(true);

  const look = () => {
    if (follows.current && document.visibilityState === "visible" && document.hasFocus()) store.markRead();
  };

  const settle = () => {
    const element = frame.current!;
    const first = room.messages.peek()[0]?.seq;

    if (follows.current) element.scrollTop = element.scrollHeight;
    else if (firstSeq.current !== undefined && first !== undefined && first < firstSeq.current) {
      element.scrollTop += element.scrollHeight - height.current;
    }

    firstSeq.current = first;
    height.current = element.scrollHeight;
    if (element.scrollTop < loadWithin) void store.loadOlder(room);
    look();
  };

  const onScroll = () => {
    const element = frame.current!;
    follows.current = element.scrollHeight - element.scrollTop - element.clientHeight < near;
    setIsAtEnd(follows.current);
    if (element.scrollTop < loadWithin) void store.loadOlder(room);
    look();
  };

  const jump = () => {
    follows.current = true;
    setIsAtEnd(true);
    settle();
  };

  useLayoutEffect(settle, [content]);

  // The keyboard of a phone, a wider composer: the end stays in view. Coming back to the page: what is there has been looked at.
  useEffect(() => {
    const element = frame.current!;
    const resized = new ResizeObserver(() => {
      if (follows.current) element.scrollTop = element.scrollHeight;
    });
    const onReturn = () => {
      if (room.unread.peek() > 0 && follows.current) room.markNew();
      look();
    };

    resized.observe(element);
    window.addEventListener("focus", onReturn);
    document.addEventListener("visibilitychange", onReturn);

    return () => {
      resized.disconnect();
      window.removeEventListener("focus", onReturn);
      document.removeEventListener("visibilitychange", onReturn);
    };
  }, [room]);

  return { frame, onScroll, isAtEnd, jump };
}
