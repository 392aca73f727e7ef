using System.Diagnostics;
using System.Text;
using Salon.SocketIO.Redis.Flask;
using Salon.SocketIO.Redis.Flask.Pickling;

namespace Salon.SocketIO.Redis.Tests.Fast;

/// <summary>Whatever comes over the bus, it is a message, or it is none: nothing else happens, and not for long.</summary>
[Trait("Stage", "fast")]
public class FlaskFuzzTests
{
    private const int Rounds = 100_000;
    private const int MaxBytes = 64 * 1024;

    private static readonly string[] Messages =
    [
        """{"method":"emit","event":"my event","data":[{"a":[1,2.5,true,null,"\u20ac\ud83d\ude00"]}],"binary":false,"namespace":"/","room":"room1","skip_sid":["a","b"],"callback":["r","/",1],"host_id":"8d0f6a3e"}""",
        """{"method":"emit","event":"x","data":[[{"_placeholder":true,"num":1},{"deep":[{"_placeholder":true,"num":0}]}],"AQI=","Aw=="],"binary":true,"namespace":"/","room":["a","b"]}""",
        """{"method":"callback","host_id":"h","sid":"s1","namespace":"/","id":3,"args":["yes",2]}""",
        """{"method":"enter_room","sid":"s1","room":"a","namespace":"/","host_id":"h"}""",
    ];

    private static readonly string[] Pickles =
    [
        "gASVpAAAAAAAAAB9lCiMBm1ldGhvZJSMBGVtaXSUjAVldmVudJSMCG15IGV2ZW50lIwEZGF0YZRDAgEClH2UjARkZWVwlF2UQwEDlGFzhpSMCW5hbWVzcGFjZZSMAS+UjARyb29tlE6MCHNraXBfc2lklE6MCGNhbGxiYWNrlE6MB2hvc3RfaWSUjCA4ZDBmNmEzZTRjN2I0YTU3YjFjMGE4ZjJkOWU2MTIzNJR1Lg==",
        "gASV1gAAAAAAAAB9lCiMBm1ldGhvZJSMBGVtaXSUjAVldmVudJSMCG15IGV2ZW50lIwEZGF0YZQoSwBL/00AAU3//0oAAAEASv////+KBQAAAIAAiggAAAAAAAAAgIoLAAAAAAAAAAAAAAFHP/gAAAAAAACIiYwH4oKs8J+YgJR0lIwJbmFtZXNwYWNllIwBL5SMBHJvb22UTowIc2tpcF9zaWSUTowIY2FsbGJhY2uUTowHaG9zdF9pZJSMIDhkMGY2YTNlNGM3YjRhNTdiMWMwYThmMmQ5ZTYxMjM0lHUu",
        "gASVDgEAAAAAAAB9lCiMBm1ldGhvZJSMBGVtaXSUjARkYXRhlF2UKF2UKF2UKF2UKF2UKF2UKF2UKF2UKF2UKF2UKF2UKF2UKF2UKF2UKF2UKF2UKF2UKF2UKF2UKF2UKF2UKF2UKF2UKF2UKF2UKF2UKF2UKF2UKF2UKF2UKF2UKF2UKF2UKF2UKF2UKF2UKF2UKF2UKF2UKF2UaCxlaCtlaCplaCllaChlaCdlaCZlaCVlaCRlaCNlaCJlaCFlaCBlaB9laB5laB1laBxlaBtlaBplaBllaBhlaBdlaBZlaBVlaBRlaBNlaBJlaBFlaBBlaA9laA5laA1laAxlaAtlaAplaAllaAhlaAdlaAZlaAVldS4=",
        "gAN9cQAoWAYAAABtZXRob2RxAVgEAAAAZW1pdHECWAQAAABkYXRhcQNYAQAAAGFxBEsBhnEFdS4=",
    ];

    [Fact]
    public void Mutated_JSON_is_read_or_refused() =>
        Fuzz(Messages.Select(Encoding.UTF8.GetBytes), Encoding.UTF8.GetBytes("{}[]\",:0-eE.\\utnf"), static message => FlaskReader.Read(message));

    [Fact]
    public void Mutated_pickles_are_read_or_refused() =>
        Fuzz(
            Pickles.Select(Convert.FromBase64String),
            [.. Enum.GetValues<PickleOpcode>().Select(static opcode => (byte)opcode)],
            static message => FlaskReader.Read(PickledMessage.ToJson(message, MaxBytes)));

    private static void Fuzz(IEnumerable<byte[]> seeds, byte[] alphabet, Func<byte[], FlaskMessage?> read)
    {
        var random = new Random(20_260_101);
        var known = seeds.ToArray();
        var (read_, refused) = (0, 0);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var clock = Stopwatch.StartNew();

        for (var round = 0; round < Rounds; round++)
        {
            var message = Mutate(known[random.Next(known.Length)], known, alphabet, random);

            try
            {
                read(message);
                read_++;
            }
            catch (FormatException)
            {
                refused++;
            }
        }

        // Both must have been tried, and no message may cost more than a few times its limit.
        Assert.InRange(read_, 1000, Rounds);
        Assert.InRange(refused, 1000, Rounds);
        Assert.InRange((GC.GetAllocatedBytesForCurrentThread() - before) / Rounds, 0, MaxBytes);
        Assert.InRange(clock.Elapsed, TimeSpan.Zero, TimeSpan.FromMinutes(2));
    }

    private static byte[] Mutate(byte[] seed, byte[][] known, byte[] alphabet, Random random)
    {
        var message = seed.ToList();

        for (var i = random.Next(1, 4); i > 0 && message.Count > 0; i--)
        {
            var at = random.Next(message.Count);

            switch (random.Next(6))
            {
                case 0:
                    message[at] = (byte)random.Next(256);
                    break;

                case 1:
                    message[at] = alphabet[random.Next(alphabet.Length)];
                    break;

                case 2:
                    message.Insert(at, alphabet[random.Next(alphabet.Length)]);
                    break;

                case 3:
                    message.RemoveRange(at, Math.Min(random.Next(1, 8), message.Count - at));
                    break;

                case 4:
                    message.InsertRange(at, message.GetRange(at, Math.Min(random.Next(1, 64), message.Count - at)));
                    break;

                default:
                    var other = known[random.Next(known.Length)];
                    message = [.. message.Take(at), .. other.Skip(random.Next(other.Length))];
                    break;
            }
        }

        return [.. message];
    }
}
