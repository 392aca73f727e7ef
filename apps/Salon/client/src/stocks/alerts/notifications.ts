import { signal } from "@preact/signals";

export type Permission = NotificationPermission | "impossible";

/** Notifications of the browser, for somebody who looks at something else. Permission is asked for only when that person wants them. */
export class Notifications {
  /** Impossible where the browser has none, or (without HTTPS) gives none. */
  readonly permission = signal<Permission>(isPossible() ? Notification.permission : "impossible");

  async ask(): Promise<void> {
    if (this.permission.peek() === "default") this.permission.value = await Notification.requestPermission();
  }

  /** @param id a second one with the same id takes the place of the first */
  show(id: string, title: string, body: string): void {
    if (this.permission.peek() !== "granted") return;

    try {
      const notification = new Notification(title, { body, tag: id });
      notification.onclick = () => {
        window.focus();
        notification.close();
      };
    } catch {
      // Chrome on Android knows them only with a service worker, and says so only now.
      this.permission.value = "impossible";
    }
  }
}

function isPossible(): boolean {
  return "Notification" in globalThis && globalThis.isSecureContext;
}
