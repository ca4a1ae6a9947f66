import { createRoot } from "react-dom/client";
import { App } from "./app";
import { apply, currentSettings } from "./settings";
import "./styles/base.css";
import "./styles/shell.css";
import "./styles/parts.css";
import "./styles/leads.css";
import "./styles/lead.css";
import "./styles/pages.css";
import "./styles/pictures.css";
import "./styles/office.css";
import "./styles/print.css";

apply(currentSettings());
const root = document.getElementById("root");
if (root !== null) createRoot(root).render(<App />);
