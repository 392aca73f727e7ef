using System.Text;
using Salon.SocketIO.Redis.Flask.Pickling;

namespace Salon.SocketIO.Redis.Tests.Fast;

/// <summary>What <c>pickle.dumps({"method": "emit", "data": …})</c> gives, and what is made of it.</summary>
[Trait("Stage", "fast")]
public class FlaskPickleTests
{
    private const int MaxBytes = 4 * 1024 * 1024;

    [Theory]
    [InlineData("{'a': 1}", "gASVJQAAAAAAAAB9lCiMBm1ldGhvZJSMBGVtaXSUjARkYXRhlH2UjAFhlEsBc3Uu", """[[{"a":1}]]""")]
    [InlineData("('a', 2, None)", "gASVJQAAAAAAAAB9lCiMBm1ldGhvZJSMBGVtaXSUjARkYXRhlIwBYZRLAk6HlHUu", """[["a",2,null]]""")]
    [InlineData("[1, 2]", "gASVJAAAAAAAAAB9lCiMBm1ldGhvZJSMBGVtaXSUjARkYXRhlF2UKEsBSwJldS4=", "[[[1,2]]]")]
    [InlineData("None", "gASVHQAAAAAAAAB9lCiMBm1ldGhvZJSMBGVtaXSUjARkYXRhlE51Lg==", "[[null]]")]
    [InlineData("()", "gASVHQAAAAAAAAB9lCiMBm1ldGhvZJSMBGVtaXSUjARkYXRhlCl1Lg==", "[[]]")]
    [InlineData(@"(b'\x01\x02', {'deep': [b'\x03']})", "gASVNAAAAAAAAAB9lCiMBm1ldGhvZJSMBGVtaXSUjARkYXRhlEMCAQKUfZSMBGRlZXCUXZRDAQOUYXOGlHUu", """[[{"_placeholder":true,"num":0},{"deep":[{"_placeholder":true,"num":1}]}],"AQI=","Aw=="]""")]
    [InlineData("(0, 255, 256, 65536, -1)", "gASVMAAAAAAAAAB9lCiMBm1ldGhvZJSMBGVtaXSUjARkYXRhlChLAEv/TQABSgAAAQBK/////3SUdS4=", "[[0,255,256,65536,-1]]")]
    [InlineData("(2**31, -2**63, 2**80)", "gASVPAAAAAAAAAB9lCiMBm1ldGhvZJSMBGVtaXSUjARkYXRhlIoFAAAAgACKCAAAAAAAAACAigsAAAAAAAAAAAAAAYeUdS4=", "[[2147483648,-9223372036854775808,1208925819614629174706176]]")]
    [InlineData("(1.5, True, False)", "gASVKQAAAAAAAAB9lCiMBm1ldGhvZJSMBGVtaXSUjARkYXRhlEc/+AAAAAAAAIiJh5R1Lg==", "[[1.5,true,false]]")]
    [InlineData("euro sign, grinning face and escapes", "gASVLgAAAAAAAAB9lCiMBm1ldGhvZJSMBGVtaXSUjARkYXRhlIwH4oKs8J+YgJSMA1wgIpSGlHUu", """[["€\uD83D\uDE00","\\ \""]]""")]
    [InlineData("(float('nan'), float('inf'))", "gASVMAAAAAAAAAB9lCiMBm1ldGhvZJSMBGVtaXSUjARkYXRhlEd/+AAAAAAAAEd/8AAAAAAAAIaUdS4=", "[[null,null]]")]
    [InlineData("(d, d), the same map twice", "gASVKQAAAAAAAAB9lCiMBm1ldGhvZJSMBGVtaXSUjARkYXRhlH2UjAF4lEsBc2gEhpR1Lg==", """[[{"x":1},{"x":1}]]""")]
    [InlineData("{1: 'a', 2**40: ('b',)}", "gASVNAAAAAAAAAB9lCiMBm1ldGhvZJSMBGVtaXSUjARkYXRhlH2UKEsBjAFhlIoGAAAAAAABjAFilIWUdXUu", """[[{"1":"a","1099511627776":["b"]}]]""")]
    [InlineData("('a', 1), protocol 2", "gAJ9cQAoWAYAAABtZXRob2RxAVgEAAAAZW1pdHECWAQAAABkYXRhcQNYAQAAAGFxBEsBhnEFdS4=", """[["a",1]]""")]
    [InlineData("('a', 1), protocol 3", "gAN9cQAoWAYAAABtZXRob2RxAVgEAAAAZW1pdHECWAQAAABkYXRhcQNYAQAAAGFxBEsBhnEFdS4=", """[["a",1]]""")]
    [InlineData("('a', 1), protocol 5", "gAWVJAAAAAAAAAB9lCiMBm1ldGhvZJSMBGVtaXSUjARkYXRhlIwBYZRLAYaUdS4=", """[["a",1]]""")]
    public void Plain_data_becomes_what_later_versions_would_send(string python, string pickle, string data)
    {
        var json = Encoding.UTF8.GetString(PickledMessage.ToJson(Convert.FromBase64String(pickle), MaxBytes).Span);

        Assert.True($$"""{"method":"emit","binary":true,"data":{{data}}}""" == json, $"{python} became {json}");
    }

    [Theory]
    [InlineData("datetime.date(2020, 1, 1)", "gASVOwAAAAAAAAB9lCiMBm1ldGhvZJSMBGVtaXSUjARkYXRhlIwIZGF0ZXRpbWWUjARkYXRllJOUQwQH5AEBlIWUUpR1Lg==")]
    [InlineData("an object that calls os.system", "gASVOgAAAAAAAAB9lCiMBm1ldGhvZJSMBGVtaXSUjARkYXRhlIwFcG9zaXiUjAZzeXN0ZW2Uk5SMBHRydWWUhZRSlHUu")]
    [InlineData("{1, 2}", "gASVJAAAAAAAAAB9lCiMBm1ldGhvZJSMBGVtaXSUjARkYXRhlI+UKEsBSwKQdS4=")]
    [InlineData("bytearray(b'1')", "gASVPQAAAAAAAAB9lCiMBm1ldGhvZJSMBGVtaXSUjARkYXRhlIwIYnVpbHRpbnOUjAlieXRlYXJyYXmUk5RDATGUhZRSlHUu")]
    [InlineData("{(1, 2): 3}", "gASVJwAAAAAAAAB9lCiMBm1ldGhvZJSMBGVtaXSUjARkYXRhlH2USwFLAoaUSwNzdS4=")]
    [InlineData("{None: 1}", "gASVIgAAAAAAAAB9lCiMBm1ldGhvZJSMBGVtaXSUjARkYXRhlH2UTksBc3Uu")]
    [InlineData("a list that holds itself", "gASVIQAAAAAAAAB9lCiMBm1ldGhvZJSMBGVtaXSUjARkYXRhlF2UaARhdS4=")]
    [InlineData("forty lists, each twice the one before", "gASVDgEAAAAAAAB9lCiMBm1ldGhvZJSMBGVtaXSUjARkYXRhlF2UKF2UKF2UKF2UKF2UKF2UKF2UKF2UKF2UKF2UKF2UKF2UKF2UKF2UKF2UKF2UKF2UKF2UKF2UKF2UKF2UKF2UKF2UKF2UKF2UKF2UKF2UKF2UKF2UKF2UKF2UKF2UKF2UKF2UKF2UKF2UKF2UKF2UKF2UKF2UaCxlaCtlaCplaCllaChlaCdlaCZlaCVlaCRlaCNlaCJlaCFlaCBlaB9laB5laB1laBxlaBtlaBplaBllaBhlaBdlaBZlaBVlaBRlaBNlaBJlaBFlaBBlaA9laA5laA1laAxlaAtlaAplaAllaAhlaAdlaAZlaAVldS4=")]
    [InlineData("protocol 0", "KGRwMApWbWV0aG9kCnAxClZlbWl0CnAyCnNWZGF0YQpwMwpWYQpwNApzLg==")]
    [InlineData("protocol 1", "fXEAKFgGAAAAbWV0aG9kcQFYBAAAAGVtaXRxAlgEAAAAZGF0YXEDXXEESwFhdS4=")]
    [InlineData("None, which is no message", "gAROLg==")]
    [InlineData("nothing at all", "gAQ=")]
    [InlineData("something behind the end", "gAR9Li4=")]
    [InlineData("a mark that is not taken", "gAQofS4=")]
    [InlineData("a text that is none", "gASMAf8u")]
    [InlineData("bytes that are longer than the message", "gARC/////y4=")]
    [InlineData("a text of 2**63 bytes", "gASNAAAAAAAAAIAu")]
    [InlineData("an item for what is no list", "gARLAUsCYS4=")]
    [InlineData("a key without a value", "gAR9KEsBdS4=")]
    [InlineData("a reference to nothing", "gARoBy4=")]
    [InlineData("more than there is", "gASHLg==")]
    [InlineData("across a mark", "gARLASiFLg==")]
    public void Anything_else_is_refused(string python, string pickle)
    {
        var exception = Record.Exception(() => PickledMessage.ToJson(Convert.FromBase64String(pickle), MaxBytes));

        Assert.True(exception is FormatException, $"{python}: {exception}");
    }

    [Fact]
    public void An_answer_is_read_with_its_data()
    {
        // {"method": "callback", "host_id": "h", "sid": "s", "namespace": "/", "id": 3, "args": ("yes", b"\x05")}
        var pickle = Convert.FromBase64String("gASVegAAAAAAAAB9lCiMBm1ldGhvZJSMCGNhbGxiYWNrlIwHaG9zdF9pZJSMIDhkMGY2YTNlNGM3YjRhNTdiMWMwYThmMmQ5ZTYxMjM0lIwDc2lklIwBc5SMCW5hbWVzcGFjZZSMAS+UjAJpZJRLA4wEYXJnc5SMA3llc5RDAQWUhpR1Lg==");

        var message = Flask.FlaskReader.Read(PickledMessage.ToJson(pickle, MaxBytes))!;

        Assert.Equal(3, message.Id);
        Assert.Equal("\"yes\"", message.Arguments[0].ToString());
        Assert.Equal([5], message.Arguments[1].Attachments[0]);
    }
}
