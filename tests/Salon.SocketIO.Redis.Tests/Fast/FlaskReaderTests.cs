using System.Text;
using Salon.SocketIO.Redis.Flask;

namespace Salon.SocketIO.Redis.Tests.Fast;

/// <summary>The form of python-socketio 5.14 and later, as it is documented and was seen.</summary>
[Trait("Stage", "fast")]
public class FlaskReaderTests
{
    [Fact]
    public void An_event_is_read_with_all_that_belongs_to_it()
    {
        var message = Read("""
            {"method": "emit", "event": "my event", "data": [{"a": 1}, "\u20ac"], "binary": false, "namespace": "/chat", "room": "room1",
             "skip_sid": ["s1", "s2"], "callback": ["room1", "/chat", 7], "host_id": "8d0f6a3e4c7b4a57b1c0a8f2d9e61234"}
            """);

        Assert.Equal(FlaskMethod.Emit, message.Method);
        Assert.Equal("my event", message.Event);
        Assert.Equal(["""{"a": 1}""", "\"\\u20ac\""], message.Arguments.Select(static argument => argument.ToString()));
        Assert.Equal("/chat", message.Namespace);
        Assert.Equal(["room1"], message.Rooms);
        Assert.Equal(["s1", "s2"], message.SkipSids);
        Assert.Equal("[\"room1\",\"/chat\",7]", $"[{message.Callback!.Sid},{message.Callback.Namespace},{message.Callback.Id}]");
        Assert.Equal("8d0f6a3e4c7b4a57b1c0a8f2d9e61234", message.HostId);
        Assert.Null(message.Cluster);
    }

    [Theory]
    [InlineData("[1,[2],null]", "1|[2]|null")]
    [InlineData("[]", "")]
    [InlineData("[null]", "")]
    [InlineData("null", "")]
    [InlineData("{\"a\":1}", "{\"a\":1}")]
    [InlineData("[[1,2]]", "[1,2]")]
    [InlineData("\"text\"", "\"text\"")]
    public void Arguments_are_a_list_or_one_value(string data, string expected) =>
        Assert.Equal(expected, string.Join('|', Emit($"\"data\":{data}").Arguments.Select(static argument => argument.ToString())));

    [Theory]
    [InlineData("null", "")]
    [InlineData("\"a\"", "a")]
    [InlineData("\"\"", "")]
    [InlineData("42", "42")]
    [InlineData("[\"a\",7]", "a,7")]
    public void Rooms_are_one_or_several_and_may_be_numbers(string room, string expected) =>
        Assert.Equal(expected, string.Join(',', Emit($"\"data\":[],\"room\":{room}").Rooms));

    [Fact]
    public void Binary_data_comes_in_base64_behind_the_arguments()
    {
        var message = Emit("""
            "binary":true,"data":[[{"_placeholder":true,"num":1},{"deep":[{"num":0,"_placeholder":true}]}],"AQI=","Aw=="]
            """);

        Assert.Equal(2, message.Arguments.Count);
        Assert.Equal([new byte[] { 1, 2 }, [3]], message.Arguments[0].Attachments);
    }

    [Fact]
    public void What_is_about_one_socket_is_read()
    {
        var entered = Read("""{"method":"enter_room","sid":"s1","room":"a","namespace":"/","host_id":"h"}""");
        var left = Read("""{"method":"leave_room","sid":"s1","room":5,"namespace":null}""");
        var disconnected = Read("""{"method":"disconnect","sid":"s1","namespace":"/x"}""");
        var closed = Read("""{"method":"close_room","room":"a","namespace":"/"}""");
        var answered = Read("""{"method":"callback","host_id":"h","sid":"s1","namespace":"/","id":3,"args":["yes",2]}""");

        Assert.Equal((FlaskMethod.EnterRoom, "s1", "a", "/", "h"), (entered.Method, entered.Sid, entered.Rooms[0], entered.Namespace, entered.HostId));
        Assert.Equal((FlaskMethod.LeaveRoom, "s1", "5", "/", ""), (left.Method, left.Sid, left.Rooms[0], left.Namespace, left.HostId));
        Assert.Equal((FlaskMethod.Disconnect, "s1", "/x"), (disconnected.Method, disconnected.Sid, disconnected.Namespace));
        Assert.Equal((FlaskMethod.CloseRoom, "a"), (closed.Method, closed.Rooms[0]));
        Assert.Equal((FlaskMethod.Callback, "h", 3L, 2), (answered.Method, answered.HostId, answered.Id, answered.Arguments.Count));
    }

    [Theory]
    [InlineData("""{"method":"tomorrow","what":1}""")]
    [InlineData("""{"method":"emits"}""")]
    public void Other_methods_mean_nothing(string message) => Assert.Null(FlaskReader.Read(Encoding.UTF8.GetBytes(message)));

    [Theory]
    [InlineData("")]
    [InlineData("nothing")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"method":7}""")]
    [InlineData("""{"method":"emit"}""")]
    [InlineData("""{"method":"emit","event":"x"}""")]
    [InlineData("""{"method":"emit","data":[]}""")]
    [InlineData("""{"method":"emit","event":7,"data":[]}""")]
    [InlineData("""{"method":"emit","event":"x","data":[],"room":[]}""")]
    [InlineData("""{"method":"emit","event":"x","data":[],"room":{}}""")]
    [InlineData("""{"method":"emit","event":"x","data":[],"room":[null]}""")]
    [InlineData("""{"method":"emit","event":"x","data":[],"skip_sid":7}""")]
    [InlineData("""{"method":"emit","event":"x","data":[],"callback":"abc"}""")]
    [InlineData("""{"method":"emit","event":"x","data":[],"callback":[1,2]}""")]
    [InlineData("""{"method":"emit","event":"x","data":[],"namespace":7}""")]
    [InlineData("""{"method":"emit","event":"x","data":[],"event":"y"}""")]
    [InlineData("""{"method":"emit","event":"x","data":[NaN]}""")]
    [InlineData("""{"method":"emit","event":"x","data":[]} trailing""")]
    [InlineData("""{"method":"emit","event":"\ud800","data":[]}""")]
    [InlineData("""{"method":"emit","event":"x","binary":true,"data":[]}""")]
    [InlineData("""{"method":"emit","event":"x","binary":true,"data":"AQI="}""")]
    [InlineData("""{"method":"emit","event":"x","binary":true,"data":[[{"_placeholder":true,"num":0}]]}""")]
    [InlineData("""{"method":"emit","event":"x","binary":true,"data":[[{"_placeholder":true,"num":-1}],"AQI="]}""")]
    [InlineData("""{"method":"emit","event":"x","binary":true,"data":[[{"_placeholder":true,"num":0.5}],"AQI="]}""")]
    [InlineData("""{"method":"emit","event":"x","binary":true,"data":[[{"_placeholder":true}],"AQI="]}""")]
    [InlineData("""{"method":"emit","event":"x","binary":true,"data":[[{"_placeholder":true,"num":0},{"_placeholder":true,"num":0}],"AQI="]}""")]
    [InlineData("""{"method":"emit","event":"x","binary":true,"data":[[{"\ud800":0}],"AQI="]}""")]
    [InlineData("""{"method":"emit","event":"x","binary":true,"data":[[],"no base64!"]}""")]
    [InlineData("""{"method":"disconnect","sid":null}""")]
    [InlineData("""{"method":"enter_room","sid":"s"}""")]
    [InlineData("""{"method":"close_room","room":null}""")]
    [InlineData("""{"method":"callback","host_id":"h","id":1}""")]
    public void What_cannot_be_is_no_message(string message) => AssertInvalid(Encoding.UTF8.GetBytes(message));

    [Fact]
    public void What_is_no_text_too_deep_or_too_much_is_no_message()
    {
        AssertInvalid([.. """{"method":"emit","event":"x","data":[" """u8, 0xff, .. "\"]}"u8]);
        AssertInvalid(Encoding.UTF8.GetBytes($$"""{"method":"emit","event":"x","data":{{new string('[', 70)}}{{new string(']', 70)}}}"""));
        AssertInvalid(Encoding.UTF8.GetBytes($$"""{"method":"emit","event":"x","data":[{{string.Join(',', Enumerable.Repeat('1', 1001))}}]}"""));
    }

    private static void AssertInvalid(byte[] message) => Assert.Throws<FormatException>(() => FlaskReader.Read(message));

    private static FlaskMessage Emit(string fields) => Read($$"""{"method":"emit","event":"x",{{fields}}}""");

    private static FlaskMessage Read(string message) => FlaskReader.Read(Encoding.UTF8.GetBytes(message))!;
}
