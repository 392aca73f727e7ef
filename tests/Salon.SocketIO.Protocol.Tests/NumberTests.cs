using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Salon.SocketIO.Protocol.Tests;

/// <summary>Whole numbers that come with a point or an exponent, and numbers that JSON has no word for.</summary>
public class NumberTests
{
    private readonly JsonCodec _codec = new();

    private sealed record Order(int Count, long? Total, byte[] Data, IReadOnlyDictionary<string, short> Parts, List<uint> Numbers, double Price);

    private sealed record Reading(double Value, float? Small, Half Half, List<double> More, object Any, Dictionary<string, double> Named, Dictionary<double, int> Keys);

    private sealed record Marked
    {
        [JsonNumberHandling(JsonNumberHandling.AllowNamedFloatingPointLiterals | JsonNumberHandling.AllowReadingFromString)]
        public double Named { get; init; }

        [JsonNumberHandling(JsonNumberHandling.WriteAsString | JsonNumberHandling.AllowReadingFromString)]
        public float Text { get; init; }
    }

    [Theory]
    [InlineData("1.0", 1)]
    [InlineData("1.000", 1)]
    [InlineData("-7.0", -7)]
    [InlineData("1e0", 1)]
    [InlineData("1E+2", 100)]
    [InlineData("1.5e1", 15)]
    [InlineData("120e-1", 12)]
    [InlineData("0.0", 0)]
    [InlineData("-0.0", 0)]
    [InlineData("0e999999999", 0)]
    [InlineData("0.0012e4", 12)]
    [InlineData("2147483647.0", int.MaxValue)]
    [InlineData("-2147483648.0", int.MinValue)]
    public void A_whole_number_may_have_a_point_or_an_exponent(string json, int expected)
    {
        Assert.Equal(expected, Read<int>(json));
        Assert.Equal(expected, Read<long>(json));
        Assert.Equal(expected, Read<int?>(json));
        Assert.Equal(expected, Assert.Single(Read<int[]>($"[{json}]")!));
        Assert.Equal(expected, Read<Dictionary<string, Dictionary<string, long>>>($$$"""{"a":{"b":{{{json}}}}}""")!["a"]["b"]);
    }

    [Theory]
    [InlineData("1.5")]
    [InlineData("1e-1")]
    [InlineData("0.1")]
    [InlineData("2147483648.0")]
    [InlineData("-2147483649.0")]
    [InlineData("1e10")]
    [InlineData("1e400")]
    [InlineData("1e-400")]
    [InlineData("1e99999999999999999999")]
    [InlineData("1e-99999999999999999999")]
    [InlineData("1.00000000000000000000000000000000000001")]
    [InlineData("100000000000000000000000000000000000000000.0")]
    [InlineData("\"1.0\"")]
    [InlineData("\"seven\"")]
    [InlineData("true")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("[1.0")]
    [InlineData("")]
    public void What_is_not_whole_or_too_large_is_no_whole_number(string json)
    {
        Assert.False(_codec.TryRead<int>(Encoding.UTF8.GetBytes(json), [], out _));
    }

    [Fact]
    public void Every_whole_type_reads_its_limits()
    {
        Assert.Equal(255, Read<byte>("255.0"));
        Assert.Equal(-128, Read<sbyte>("-128.0"));
        Assert.Equal(-32768, Read<short>("-32768.0"));
        Assert.Equal(65535, Read<ushort>("6.5535e4"));
        Assert.Equal(uint.MaxValue, Read<uint>("4294967295.0"));
        Assert.Equal(long.MaxValue, Read<long>("9223372036854775807.0"));
        Assert.Equal(long.MinValue, Read<long>("-9223372036854775808.0"));
        Assert.Equal(9007199254740993, Read<long>("9007199254740993.0"));
        Assert.Equal(ulong.MaxValue, Read<ulong>("18446744073709551615.0"));
        Assert.Equal(DayOfWeek.Friday, Read<DayOfWeek>("5.0"));
        Assert.False(_codec.TryRead<byte>("256.0"u8, [], out _));
        Assert.False(_codec.TryRead<uint>("-1.0"u8, [], out _));
        Assert.False(_codec.TryRead<long>("9223372036854775808.0"u8, [], out _));
    }

    [Fact]
    public void Records_are_read_with_all_that_is_in_them()
    {
        var json = """{"count":1.0,"total":2e3,"data":{"_placeholder":true,"num":0.0},"parts":{"a":3.0},"numbers":[4.0,5],"price":1.5,"text":"6.0"}""";

        // Attachments are counted by the decoder, which knows no such numbers.
        Assert.False(_codec.TryRead<Order>(Encoding.UTF8.GetBytes(json), [], out _));
        Assert.True(_codec.TryRead<Order>(Encoding.UTF8.GetBytes(json.Replace("0.0", "0", StringComparison.Ordinal)), [[7]], out var order));

        Assert.Equal((1, 2000L, 1.5), (order!.Count, order.Total, order.Price));
        Assert.Equal([7], order.Data);
        Assert.Equal(3, order.Parts["a"]);
        Assert.Equal([4u, 5u], order.Numbers);
    }

    [Fact]
    public void What_json_has_no_number_for_is_null()
    {
        var reading = new Reading(
            double.NaN,
            float.PositiveInfinity,
            Half.NegativeInfinity,
            [1.5, double.NaN],
            new { Deep = new[] { float.NaN, 2 } },
            new() { ["x"] = double.NegativeInfinity },
            new() { [1.5] = 1, [double.NaN] = 2 });

        using var payload = PayloadBuilder.StartEvent(_codec, "e");
        payload.Add(double.NaN);
        payload.Add<double?>(double.PositiveInfinity);
        payload.Add<object>(float.NaN);
        payload.AddAll([Half.NaN, null, 1.5, new object[] { double.NaN, "x" }]);
        payload.Add(reading);
        payload.Complete();

        Assert.Equal(
            "[\"e\",null,null,null,null,null,1.5,[null,\"x\"],{\"value\":null,\"small\":null,\"half\":null,\"more\":[1.5,null],"
                + "\"any\":{\"deep\":[null,2]},\"named\":{\"x\":null},\"keys\":{\"1.5\":1,\"NaN\":2}}]",
            Encoding.UTF8.GetString(payload.Json));
    }

    [Fact]
    public void Floating_point_numbers_are_read_as_before()
    {
        Assert.Equal(1.5, Read<double>("1.5"));
        Assert.Equal(1.5, Read<double>("\"1.5\""));
        Assert.Equal(1f, Read<float>("1"));
        Assert.Null(Read<double?>("null"));
        Assert.Equal(1, Read<Dictionary<double, int>>("{\"1.5\":1}")![1.5]);

        foreach (var json in new[] { "\"NaN\"", "\"Infinity\"", "\"x\"", "true", "[]", "null" })
        {
            Assert.False(_codec.TryRead<double>(Encoding.UTF8.GetBytes(json), [], out _));
        }
    }

    [Fact]
    public void Who_asks_for_other_numbers_gets_them()
    {
        Assert.Equal("{\"named\":\"NaN\",\"text\":\"1.5\"}", Write(_codec, new Marked { Named = double.NaN, Text = 1.5f }));
        Assert.Equal(double.NegativeInfinity, Read<Marked>("{\"named\":\"-Infinity\"}")!.Named);

        var named = new JsonCodec(new JsonSerializerOptions { NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals });
        Assert.Equal("[\"NaN\"]", Write(named, new[] { double.NaN }));

        var texts = new JsonCodec(new JsonSerializerOptions { NumberHandling = JsonNumberHandling.WriteAsString });
        Assert.Equal("[\"1.5\",null]", Write(texts, new[] { 1.5, double.NaN }));
    }

    private static string Write<T>(JsonCodec codec, T value)
    {
        using var payload = PayloadBuilder.WriteValue(codec, value);
        return Encoding.UTF8.GetString(payload.Json);
    }

    private T? Read<T>(string json)
    {
        Assert.True(_codec.TryRead<T>(Encoding.UTF8.GetBytes(json), [], out var value), json);
        return value;
    }
}
