import { render } from "preact";
import { Home } from "./Home";

render(<Home />, document.getElementById("app")!);
