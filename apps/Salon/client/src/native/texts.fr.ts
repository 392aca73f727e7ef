import { plural } from "../shared/plural";
import type { Texts } from "./texts";

const count = (n: number, one: string, other: string) => plural("fr", n, { one, other });

export const fr: Texts = {
  title: "Une messagerie sur un WebSocket nu",
  lead: "Rien que le WebSocket du navigateur d’un côté et celui d’ASP.NET Core de l’autre. Ouvrez cette page dans une seconde fenêtre, parlez-vous à vous-même et regardez passer chaque trame ; le script qui fait tout cela se trouve plus bas.",
  chat: "Messagerie",
  name: "Votre nom",
  join: "Entrer",
  nameHint: "Les autres verront ce nom à côté de vos messages.",
  problems: {
    empty: "Il faut au moins un caractère.",
    tooLong: "Un nom compte au plus 32 caractères.",
    hidden: "Un nom ne peut pas contenir de caractères invisibles.",
    invalid_name: "Ce nom ne peut pas être utilisé.",
    name_taken: "Quelqu’un porte déjà ce nom. Choisissez-en un autre.",
    other: "Le serveur a refusé ce nom.",
  },
  status: {
    connecting: "Connexion…",
    online: "Connecté",
    offline: (code) => `Connexion perdue (${code}).`,
    next: (seconds) => count(seconds, "Nouvel essai dans # seconde.", "Nouvel essai dans # secondes."),
    closed: (code) => `La suite se passe ailleurs (${code}).`,
  },
  cut: "Couper la connexion",
  people: (n) => count(n, "# personne présente", "# personnes présentes"),
  you: "vous",
  messages: "Conversation",
  nothing: "Rien n’a encore été dit.",
  placeholder: "Dites quelque chose",
  send: "Envoyer",
  waiting: "en route",
  full: "Attendez que vos messages soient partis.",
  failures: {
    rate_limited: "Trop rapide : le message repart dans un instant.",
    too_long: "Un message compte au plus 2 000 caractères.",
    empty: "Il faut au moins un caractère.",
    invalid_text: "Le message contient un demi-caractère, ou une lettre qui porte trop de signes.",
    invalid_frame: "Le serveur n’a pas pu lire le message.",
    other: "Le serveur a refusé.",
  },
  frames: "Sur le fil",
  framesHint: "Les 100 dernières trames, la plus récente en bas.",
  framesEmpty: "Entrez, et les trames apparaîtront ici.",
  clear: "Effacer",
  sent: "envoyée",
  received: "reçue",
  script: "Le script, en entier",
  scriptHint: "Voici les soixante lignes qui tournent sur cette page, lues dans le fichier même :",
  scriptFailed: "Le script n’a pas pu être chargé. Rechargez la page.",
  sections: [
    {
      title: "Ce qui survit à une connexion",
      text: [
        "Les connexions vont et viennent ; une conversation dure. L’état est donc à l’extérieur : la session, un secret tiré au hasard qui prouve, après une coupure, que vous êtes bien vous, et ce que vous avez écrit sans que le serveur l’ait encore confirmé.",
        "La page fournit un nom et quelques fonctions de rappel (on) ; l’apparence ne regarde pas le script.",
      ],
    },
    {
      title: "Se connecter",
      text: [
        "Un WebSocket commence par une requête HTTP vers la même origine : ws:// pour http://, wss:// pour https://. Le navigateur y joint l’en-tête Origin, que le serveur vérifie avant d’accepter : la page d’un autre site ne peut pas parler en votre nom.",
        "Le nom et le secret partent dans la première trame, jamais dans l’adresse : les adresses finissent dans les journaux. Tout incident aboutit à onclose ; onerror est donc inutile.",
      ],
    },
    {
      title: "Envoyer et recevoir",
      text: [
        "Un WebSocket transporte du texte sans en connaître le sens. Le nôtre : des objets JSON distingués par leur type. La dernière ligne confie chacun à la fonction du même nom.",
        "Une réponse avec retryAfter veut dire « trop rapide » : ce qui attend est réessayé à ce moment-là.",
      ],
    },
    {
      title: "Le dire une fois, et sûrement",
      text: [
        "send() signifie seulement que le navigateur a pris le texte. Chaque message reçoit donc un identifiant et n’est oublié que lorsqu’il revient du serveur, ou qu’il est refusé. Après une reconnexion, il est renvoyé ; le serveur reconnaît l’identifiant et ne le dit qu’une fois.",
        "Un à la fois : l’ordre est gardé, et une longue file ne se heurte pas à la limite de débit.",
      ],
    },
    {
      title: "Remarquer un serveur mort",
      text: [
        "Une connexion peut être morte sans que personne le dise : un câble débranché, un routeur redémarré. Le serveur envoie les trames ping du protocole, auxquelles le navigateur répond de lui-même, mais qu’il ne montre à aucun script. La page interroge donc aussi.",
        "Seule compte une question restée sans réponse, jamais le temps seul : dans un onglet caché, les minuteries sont en retard.",
      ],
    },
    {
      title: "Revenir",
      text: [
        "Attendre chaque fois deux fois plus longtemps, jusqu’à 15 secondes, et en tirer la moitié au sort : sinon tous les clients d’un serveur qui redémarre reviennent au même instant et le renversent de nouveau.",
        "Deux codes veulent dire « ne reviens pas » : ce client continue ailleurs, ou son nom est désormais à quelqu’un d’autre.",
      ],
    },
  ],
  server: "Et le serveur ?",
  serverText: [
    "Dans ASP.NET Core, cela commence par AcceptWebSocketAsync et deux boucles par connexion : l’une lit, l’autre envoie. Ce qui en fait un serveur ouvert à des inconnus, c’est le reste, que vous pouvez essayer ici même :",
  ],
  rules: [
    ["1001", "Le serveur s’arrête : revenez dans un instant."],
    ["1003", "Des trames binaires là où l’on attend du texte."],
    ["1007", "Un texte qui n’est pas de l’UTF-8."],
    ["1008", "Trop de trames refusées, ou pas de nom en 10 secondes."],
    ["1009", "Une trame de plus de 64 Kio."],
    ["1013", "Un lecteur trop lent : plus de 1 Mio l’attend."],
    ["4001", "La même session est revenue par une autre connexion."],
    ["4002", "Le nom est allé à quelqu’un sur un autre nœud."],
  ],
  rulesCode: "Code",
  rulesMeaning: "Pourquoi le serveur ferme",
  more: "Des salons, des accusés de réception, un repli là où les WebSockets sont bloqués : à partir d’ici, vous réécririez Socket.IO.",
  moreLink: "Voir la grande messagerie",
};
