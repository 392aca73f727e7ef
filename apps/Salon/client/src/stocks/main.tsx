import { render } from "preact";
import { App } from "./components/App";
import { StocksStore } from "./store";

const store = new StocksStore();
store.start();
render(<App store={store} />, document.getElementById("app")!);
