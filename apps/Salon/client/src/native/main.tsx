import { render } from "preact";
import { App } from "./components/App";
import type { OpenChat } from "./contract";
import { scriptAddress } from "./source";

// Loaded as any page would: from its own address, and neither bundled nor made smaller.
const { openChat } = (await import(/* @vite-ignore */ scriptAddress)) as { openChat: OpenChat };

render(<App openChat={openChat} />, document.getElementById("app")!);
