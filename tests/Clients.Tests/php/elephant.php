<?php
// What elephant.io 5.1 puts on the wire for servers of Socket.IO 4, written anew: one TCP connection for everything, a packet a request,
// a poll only when something is awaited, the upgrade by "5" without a probe, binary messages in fragments of 8 KiB.

declare(strict_types=1);

/** Binary data among the arguments of an event. */
final class Binary
{
    public function __construct(public string $data)
    {
    }
}

final class Elephant
{
    private const FRAGMENT = 8184; // 8192 less the head of a frame and its mask.

    public string $transport;
    public ?string $sid = null;
    private string $namespace = '';
    private ?string $session = null;
    private int $lastAck = -1;
    private array $packets = []; // What has been read and not yet been looked at.
    private $stream;

    public function __construct(private string $server, string $kind, private ?array $auth = null)
    {
        $this->transport = $kind === 'websocket' ? 'websocket' : 'polling';
        $this->stream = stream_socket_client(str_replace('http:', 'tcp:', $server), $code, $message, 10) ?: throw new RuntimeException($message);
        stream_set_timeout($this->stream, 15);

        if ($this->transport === 'websocket') {
            $this->upgrade();
            $open = $this->receive();
        } else {
            [$status, $body] = $this->request('GET');
            same(200, $status);
            $open = $body;
        }

        same('0', $open[0]);
        $this->session = json_decode(substr($open, 1), true)['sid'];
        $this->join('');

        if ($kind === 'upgrade') {
            $this->upgrade();
            $this->transport = 'websocket';
            $this->send('5');
        }
    }

    /** Joins a namespace, which is that of all that follows. */
    public function join(string $namespace): void
    {
        $this->namespace = $namespace === '' ? '' : "$namespace,";
        $this->send('40' . $this->namespace . ($this->auth === null ? '' : json_encode($this->auth)));
        $answer = $this->read(fn ($packet) => in_array($packet['type'], ['0', '4'], true));
        $answer['type'] === '0' || throw new DomainException($answer['data']['message']);
        $this->sid = $answer['data']['sid'];
    }

    public function emit(string $event, mixed ...$arguments): void
    {
        $this->sendEvent('', $event, $arguments);
    }

    /** Emits, and waits for the acknowledgement. */
    public function ask(string $event, mixed ...$arguments): array
    {
        $id = ++$this->lastAck;
        $this->sendEvent((string) $id, $event, $arguments);
        return $this->read(fn ($packet) => $packet['type'] === '3' && $packet['id'] === (string) $id)['data'];
    }

    /** Waits for an event. */
    public function wait(string $event): array
    {
        $packet = $this->read(fn ($packet) => in_array($packet['type'], ['2', '5'], true) && $packet['data'][0] === $event);
        array_shift($packet['data']);
        return $packet;
    }

    /** Waits for an event of whatever name, which is the first of what it returns. */
    public function next(): array
    {
        return $this->read(fn ($packet) => in_array($packet['type'], ['2', '5'], true))['data'];
    }

    /** Waits for the end of the namespace. */
    public function waitForEnd(): void
    {
        $this->read(fn ($packet) => $packet['type'] === '1');
    }

    public function acknowledge(array $packet, mixed ...$arguments): void
    {
        $this->send('43' . $this->namespace . $packet['id'] . json_encode($arguments));
    }

    public function close(): void
    {
        $this->send('1');
        fclose($this->stream);
    }

    private function sendEvent(string $id, string $event, array $arguments): void
    {
        $attachments = [];
        array_walk_recursive($arguments, function (&$value) use (&$attachments) {
            if ($value instanceof Binary) {
                $attachments[] = $value->data;
                $value = ['_placeholder' => true, 'num' => count($attachments) - 1];
            }
        });

        $head = $attachments === [] ? '42' : '45' . count($attachments) . '-';
        $packet = $head . $this->namespace . $id . json_encode([$event, ...$arguments]);

        if ($this->transport === 'polling') {
            $this->send(implode("\x1e", [$packet, ...array_map(fn ($data) => 'b' . base64_encode($data), $attachments)]));
            return;
        }

        $this->send($packet);
        foreach ($attachments as $data) {
            $fragments = str_split($data, self::FRAGMENT);
            foreach ($fragments as $i => $fragment) {
                $this->frame($i === 0 ? 2 : 0, $fragment, $i === count($fragments) - 1);
            }
        }
    }

    private function send(string $data): void
    {
        if ($this->transport === 'websocket') {
            $this->frame(1, $data, true);
        } else {
            same([200, 'ok'], $this->request('POST', $data));
        }
    }

    /** Reads until there is such a packet; what comes before it is passed over. */
    private function read(callable $matches): array
    {
        while (true) {
            while ($this->packets !== []) {
                $packet = $this->parse(array_shift($this->packets));
                if ($packet !== null && $matches($packet)) {
                    return $packet;
                }
            }

            if ($this->transport === 'websocket') {
                $this->packets[] = $this->receive();
            } else {
                [$status, $body] = $this->request('GET');
                same(200, $status);
                $this->packets = explode("\x1e", $body);
            }
        }
    }

    private function parse(string $data): ?array
    {
        if ($data === '2') {
            $this->send('3');
            return null;
        }

        if (!preg_match('~^4(\d)(?:(\d+)-)?(/[^,]*,)?(\d*)(.*)$~s', $data, $parts) || $parts[3] !== $this->namespace) {
            same(true, $data === '6' || $data[0] === '4');
            return null;
        }

        $packet = ['type' => $parts[1], 'id' => $parts[4], 'data' => json_decode($parts[5], true)];
        $attachments = [];
        for ($i = 0; $i < (int) $parts[2]; $i++) {
            $attachments[] = $this->transport === 'websocket' ? $this->receive() : base64_decode(substr(array_shift($this->packets), 1));
        }

        return $attachments === [] ? $packet : self::fill($packet, $attachments);
    }

    private static function fill(mixed $value, array $attachments): mixed
    {
        if (!is_array($value)) {
            return $value;
        }

        return isset($value['_placeholder']) ? $attachments[$value['num']] : array_map(fn ($inner) => self::fill($inner, $attachments), $value);
    }

    private function upgrade(): void
    {
        same(101, $this->request('GET', null, 'websocket', ['Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Key: ' . base64_encode(random_bytes(16)), 'Sec-WebSocket-Version: 13'])[0]);
    }

    private function request(string $method, ?string $body = null, string $transport = 'polling', array $more = ['Connection: keep-alive']): array
    {
        $query = ['EIO' => 4, 'transport' => $transport, 't' => uniqid()] + ($this->session === null ? [] : ['sid' => $this->session]);
        $content = $body === null ? [] : ['Content-Type: text/plain; charset=UTF-8', 'Content-Length: ' . strlen($body)];
        $lines = [
            "$method /socket.io/?" . http_build_query($query) . ' HTTP/1.1',
            'Host: ' . substr($this->server, strlen('http://')),
            ...$content,
            'Accept: */*',
            "Origin: $this->server",
            "Referer: $this->server",
            'User-Agent: Elephant.io/5.1',
            ...$more,
        ];
        $this->write(implode("\r\n", $lines) . "\r\n\r\n" . $body);

        $status = (int) explode(' ', $this->line())[1];
        $length = 0;
        while (($line = $this->line()) !== '') {
            [$name, $value] = explode(':', $line, 2);
            strcasecmp($name, 'Content-Length') === 0 && $length = (int) $value;
        }

        return [$status, $status === 101 ? '' : $this->bytes($length)];
    }

    private function frame(int $operation, string $data, bool $isLast): void
    {
        $length = strlen($data);
        $size = $length < 126 ? pack('C', 0x80 | $length) : ($length < 65536 ? pack('Cn', 0x80 | 126, $length) : pack('CJ', 0x80 | 127, $length));
        $mask = random_bytes(4);
        $this->write(pack('C', ($isLast ? 0x80 : 0) | $operation) . $size . $mask . ($data ^ str_pad('', $length, $mask)));
    }

    /** The next message of the WebSocket. */
    private function receive(): string
    {
        [, $first, $length] = unpack('C2', $this->bytes(2));
        same(true, in_array($first, [0x81, 0x82], true)); // Whole messages, of text or binary.
        $length === 126 && $length = unpack('n', $this->bytes(2))[1];
        $length === 127 && $length = unpack('J', $this->bytes(8))[1];
        return $this->bytes($length);
    }

    private function line(): string
    {
        $line = fgets($this->stream);
        return $line === false ? throw new RuntimeException('the connection ended, or took too long') : rtrim($line, "\r\n");
    }

    private function bytes(int $length): string
    {
        $data = $length === 0 ? '' : stream_get_contents($this->stream, $length);
        same($length, strlen((string) $data));
        return $data;
    }

    private function write(string $data): void
    {
        for ($written = 0; $written < strlen($data); $written += $count) {
            $count = fwrite($this->stream, $written === 0 ? $data : substr($data, $written));
            same(true, $count > 0);
        }
    }
}
