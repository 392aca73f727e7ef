<?php
// php matrix.php <server>: each of the nineteen checks over each transport; prints a line of JSON for each.

declare(strict_types=1);

set_error_handler(fn ($level, $message, $file, $line) => throw new ErrorException($message, 0, $level, $file, $line));

require __DIR__ . '/elephant.php';

function same(mixed $expected, mixed $actual): void
{
    if ($actual !== $expected) {
        throw new UnexpectedValueException(substr(var_export($actual, true), 0, 300) . ' is not ' . substr(var_export($expected, true), 0, 300));
    }
}

$server = $argv[1];
$kind = '';
$opened = [];

$connect = function (?array $auth = null) use ($server, &$kind, &$opened): Elephant {
    $client = $opened[] = new Elephant($server, $kind, $auth);
    same($kind === 'polling' ? 'polling' : 'websocket', $client->transport);
    return $client;
};

$repeat = function (array $values, ?array $expected = null) use ($connect): void {
    $client = $connect();
    $client->emit('repeat', ...$values);
    same($expected ?? $values, $client->wait('repeated')['data']);
};

$data = str_repeat(implode('', array_map(chr(...), range(0, 255))), 391);

$checks = [
    'connect' => function () use ($connect) {
        $client = $connect();
        same([$client->sid], $client->ask('my id'));
    },
    'auth payload' => function () use ($connect) {
        $client = $connect(['token' => 'secret']);
        $client->join('/guarded');
        same(['secret'], $client->ask('who am I'));
    },
    'custom namespace' => function () use ($connect) {
        $client = $connect();
        $client->join('/plain');
        same([$client->sid], $client->ask('my id'));
    },
    'connect error' => function () use ($connect) {
        try {
            $connect()->join('/guarded');
        } catch (DomainException $exception) {
            same('not authorized', $exception->getMessage());
            return null;
        }

        throw new UnexpectedValueException('was not refused');
    },
    'event' => function () use ($connect) {
        $client = $connect();
        $client->emit('send back', 7);
        same([7], $client->wait('back')['data']);
    },
    'event with several arguments' => fn () => $repeat([1, 'two', ['three' => [3, null]], [true, 4.5], '']),
    'binary both ways' => fn () => $repeat([new Binary($data[0]), 'between', new Binary($data)], [$data[0], 'between', $data]),
    'nested binary' => fn () => $repeat(
        [['deep' => [['data' => new Binary(substr($data, 0, 300))], ['more' => ['data' => new Binary(substr($data, 0, 5))]]], 'name' => 'nested']],
        [['deep' => [['data' => substr($data, 0, 300)], ['more' => ['data' => substr($data, 0, 5)]]], 'name' => 'nested']]),
    'ack from the server' => fn () => same([['a', 2]], $connect()->ask('echo', 'a', 2)),
    'ack from the client' => function () use ($connect) {
        $client = $connect();
        $client->emit('ask me and tell', 40, 2);
        $question = $client->wait('question');
        $client->acknowledge($question, array_sum($question['data']));
        same([42], $client->wait('told')['data']);
    },
    'ack with binary' => fn () => 'its acknowledgements carry no binary data, either way',
    'broadcast to a room' => function () use ($connect) {
        [$a, $b, $c] = [$connect(), $connect(), $connect()];
        $a->ask('join', 'room');
        $b->ask('join', 'room');
        $c->ask('say', 'room', 'hello');
        same(['hello'], $a->wait('said')['data']);
        same(['hello'], $b->wait('said')['data']);
        $c->emit('send back', 1);
        same(['back', 1], $c->next());
    },
    'leaving a namespace' => fn () => 'it can leave none, only disconnect',
    'server disconnect' => function () use ($connect) {
        $client = $connect();
        $client->emit('send me away');
        $client->waitForEnd();
    },
    'reconnection after a restart' => fn () => 'it does not reconnect',
    'a large message' => fn () => $repeat([str_repeat('x', 999_000)]),
    'unicode' => fn () => $repeat(['é€😀', "👩‍👩‍👧‍👦 𝄞 \u{2028} \0 \" \\ ñ", '日本語 עברית हिन्दी', ['clé 😀' => 1]]),
    'order of 100 events' => function () use ($connect) {
        $client = $connect();
        foreach (range(0, 99) as $number) {
            $client->emit('send back', $number);
        }

        foreach (range(0, 99) as $number) {
            same([$number], $client->wait('back')['data']);
        }
    },
    'traffic during the upgrade' => fn () => 'its upgrade is over before it can emit',
];

foreach (['polling', 'websocket', 'upgrade'] as $kind) {
    foreach ($checks as $check => $run) {
        if ($check === 'traffic during the upgrade' && $kind !== 'upgrade') {
            continue;
        }

        try {
            $reason = $run();
            $result = $reason === null ? ['result' => 'yes'] : ['result' => 'cannot', 'reason' => $reason];
            array_map(fn ($client) => $client->close(), $opened);
        } catch (Throwable $exception) {
            $result = ['result' => 'no', 'reason' => (string) $exception];
        }

        $opened = [];
        echo json_encode(['transport' => $kind, 'check' => $check] + $result), "\n";
    }
}
