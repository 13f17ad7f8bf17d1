using System.Text;
using DePinChain.Network.Multistream;
using DePinChain.Network.Wire;

namespace DePinChain.Unit.Tests.Network;

public sealed class MultistreamTests
{
    [Test]
    public async Task The_first_protocol_that_both_speak_is_chosen_and_what_follows_is_left_alone()
    {
        (DuplexPair here, DuplexPair there) = DuplexPair.Create();
        Task<string> answering = ProtocolNegotiation.AnswerAsync(there, protocol => protocol is "/b/1" or "/c/1", CancellationToken.None);

        Assert.That(await ProtocolNegotiation.SelectAsync(here, ["/a/1", "/b/1", "/c/1"], CancellationToken.None), Is.EqualTo("/b/1"));
        Assert.That(await answering, Is.EqualTo("/b/1"));
        await here.WriteAsync(new byte[] { 42 });
        Assert.That(await LengthPrefixed.ReadExactlyAsync(there, 1, CancellationToken.None), Is.EqualTo(new byte[] { 42 }));
    }

    [Test]
    public void Nothing_in_common_is_said_by_name()
    {
        (DuplexPair here, DuplexPair there) = DuplexPair.Create();
        _ = ProtocolNegotiation.AnswerAsync(there, _ => false, CancellationToken.None);

        Assert.That(async () => await ProtocolNegotiation.SelectAsync(here, ["/a/1", "/b/1"], CancellationToken.None),
            Throws.TypeOf<WireException>().With.Message.Contains("/a/1 or /b/1"));
    }

    [Test]
    public void The_bytes_are_those_of_the_specification() => Assert.That(
        // multistream-select 1.0.0: 0x13 is the length of "/multistream/1.0.0\n".
        ProtocolNegotiation.Line("/multistream/1.0.0"), Is.EqualTo((byte[])[0x13, .. "/multistream/1.0.0\n"u8]));

    [TestCase("\u0013/multistream/2.0.0\n", "begin with", TestName = "Another header is refused")]
    [TestCase("\u0012/multistream/1.0.0", "line feed", TestName = "A line without a line feed is refused")]
    [TestCase("\u0000", "line feed", TestName = "An empty line is refused")]
    [TestCase("\u0013/multi", "ended", TestName = "A line that is cut off is refused")]
    public async Task A_peer_that_negotiates_wrongly(string bytes, string why)
    {
        (DuplexPair here, DuplexPair there) = DuplexPair.Create();
        await there.WriteAsync(Encoding.Latin1.GetBytes(bytes));
        await there.DisposeAsync();

        Assert.That(async () => await ProtocolNegotiation.AnswerAsync(here, _ => true, CancellationToken.None),
            Throws.InstanceOf<IOException>().With.Message.Contains(why).Or.Message.Contains("closed"));
    }

    [Test]
    public async Task A_line_longer_than_a_kibibyte_is_refused_by_its_length()
    {
        (DuplexPair here, DuplexPair there) = DuplexPair.Create();
        await there.WriteAsync((byte[])[0x81, 0x08]);

        Assert.That(async () => await ProtocolNegotiation.AnswerAsync(here, _ => true, CancellationToken.None),
            Throws.TypeOf<WireException>().With.Message.Contains("1025 bytes"));
    }

    [Test]
    public async Task Whoever_guesses_protocols_is_left_after_sixteen()
    {
        (DuplexPair here, DuplexPair there) = DuplexPair.Create();
        Task<string> answering = ProtocolNegotiation.AnswerAsync(here, _ => false, CancellationToken.None);
        await there.WriteAsync(ProtocolNegotiation.Line("/multistream/1.0.0"));
        for (int count = 0; count < 16; count++) await there.WriteAsync(ProtocolNegotiation.Line($"/guess/{count}"));

        Assert.That(async () => await answering, Throws.TypeOf<WireException>().With.Message.Contains("16"));
    }

    [TestCase(new byte[] { 0x80, 0x00 }, TestName = "A varint that is not minimal is refused")]
    [TestCase(new byte[] { 0x80 }, TestName = "A varint that is cut off is refused")]
    [TestCase(new byte[] { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01 }, TestName = "A varint of ten bytes is refused")]
    public void A_varint_that_breaks_the_rules(byte[] bytes) => Assert.That(UnsignedVarint.TryRead(bytes, out _, out _), Is.False);

    [TestCase(1UL, new byte[] { 0x01 })]
    [TestCase(127UL, new byte[] { 0x7f })]
    [TestCase(128UL, new byte[] { 0x80, 0x01 })]
    [TestCase(300UL, new byte[] { 0xac, 0x02 })]
    [TestCase(16384UL, new byte[] { 0x80, 0x80, 0x01 })]
    public void Varints_are_those_of_the_specification(ulong value, byte[] bytes)
    {
        // multiformats/unsigned-varint, "Specification", examples.
        Assert.That(UnsignedVarint.Encode(value), Is.EqualTo(bytes));
        Assert.That(UnsignedVarint.TryRead(bytes, out ulong read, out int size), Is.True);
        Assert.That((read, size), Is.EqualTo((value, bytes.Length)));
    }
}
