using System.Text.Json;
using DePinChain.Network;
using DePinChain.Network.Identity;
using DePinChain.Network.Noise;
using DePinChain.Network.Wire;
using DePinChain.Primitives;

namespace DePinChain.Unit.Tests.Network;

public sealed class NoiseTests
{
    private static readonly string[] Muxers = ["/yamux/1.0.0"];

    [Test]
    public void The_handshake_is_that_of_the_known_answers()
    {
        // Vectors of the Haskell implementation cacophony, which other implementations test themselves with.
        JsonElement vector = KnownAnswers.Read("chain/noise/xx_25519_chachapoly_sha256_cacophony.json").GetProperty("vectors")[0];
        using NoiseHandshake initiator = new(true, Bytes("init_static"), Bytes("init_ephemeral"), Bytes("init_prologue"));
        using NoiseHandshake responder = new(false, Bytes("resp_static"), Bytes("resp_ephemeral"), Bytes("resp_prologue"));
        JsonElement[] messages = [.. vector.GetProperty("messages").EnumerateArray()];
        for (int index = 0; index < 3; index++)
        {
            (NoiseHandshake writer, NoiseHandshake reader) = index == 1 ? (responder, initiator) : (initiator, responder);
            byte[] message = writer.Write(Field(messages[index], "payload"));

            Assert.That(message, Is.EqualTo(Field(messages[index], "ciphertext")));
            Assert.That(reader.Read(message), Is.EqualTo(Field(messages[index], "payload")));
        }

        Assert.That(initiator.Hash.ToArray(), Is.EqualTo(Bytes("handshake_hash")));
        Assert.That(responder.Hash.ToArray(), Is.EqualTo(Bytes("handshake_hash")));
        Assert.That(initiator.RemoteStatic, Is.EqualTo(Curve25519.PublicKeyOf(Bytes("resp_static"))));
        (NoiseCipher ofInitiator, _) = initiator.Split();
        (NoiseCipher ofResponder, _) = responder.Split();
        for (int index = 3; index < messages.Length; index++)
        {
            byte[] payload = Field(messages[index], "payload");
            byte[] text = new byte[payload.Length + NoiseCipher.TagSize];
            (index % 2 == 0 ? ofInitiator : ofResponder).Encrypt([], payload, text);

            Assert.That(text, Is.EqualTo(Field(messages[index], "ciphertext")));
        }

        byte[] Bytes(string name) => Field(vector, name);
        static byte[] Field(JsonElement element, string name) => Hex.Decode(element.GetProperty(name).GetString()!);
    }

    [Test]
    public async Task Both_ends_learn_who_the_other_is_and_agree_on_the_muxer()
    {
        using NodeKey first = NodeKey.Generate(), second = NodeKey.Generate();
        (SecuredChannel ofFirst, SecuredChannel ofSecond) = await SecureAsync(first, second, second.Peer);

        Assert.That(ofFirst.Remote.Peer, Is.EqualTo(second.Peer));
        Assert.That(ofSecond.Remote.Peer, Is.EqualTo(first.Peer));
        Assert.That((ofFirst.EarlyMuxer, ofSecond.EarlyMuxer), Is.EqualTo(("/yamux/1.0.0", "/yamux/1.0.0")));
    }

    [Test]
    public void Whoever_is_not_the_peer_that_was_dialled_is_refused()
    {
        using NodeKey first = NodeKey.Generate(), second = NodeKey.Generate(), third = NodeKey.Generate();

        Assert.That(async () => await SecureAsync(first, second, third.Peer), Throws.TypeOf<WireException>().With.Message.Contains("not"));
    }

    [Test]
    public async Task Any_length_passes_the_channel_in_order([Values(1, 65519, 65520, 300_000)] int size)
    {
        using NodeKey first = NodeKey.Generate(), second = NodeKey.Generate();
        (SecuredChannel ofFirst, SecuredChannel ofSecond) = await SecureAsync(first, second, null);
        byte[] sent = new byte[size];
        new Random(size).NextBytes(sent);

        ValueTask writing = ofFirst.Channel.WriteAsync(sent);
        byte[] received = await LengthPrefixed.ReadExactlyAsync(ofSecond.Channel, size, CancellationToken.None);
        await writing;

        Assert.That(received.AsSpan().SequenceEqual(sent), Is.True);
    }

    [Test]
    public void A_cipher_ends_before_the_reserved_nonce()
    {
        using NoiseCipher cipher = new(new byte[32], counter: ulong.MaxValue - 1);
        byte[] text = new byte[16];

        Assert.That(() => cipher.Encrypt([], [], text), Throws.Nothing);
        Assert.That(() => cipher.Encrypt([], [], text), Throws.TypeOf<WireException>().With.Message.Contains("nonces"));
    }

    [Test]
    public void GO_2026_4511_a_key_of_small_order_ends_the_handshake()
    {
        using NoiseHandshake responder = new(false, Curve25519.GenerateSecret(), Curve25519.GenerateSecret(), []);
        responder.Read(new byte[32]);

        Assert.That(() => responder.Write([]), Throws.TypeOf<WireException>().With.Message.Contains("small order"));
    }

    [Test]
    public void A_proof_of_one_static_key_is_no_proof_of_another()
    {
        using NodeKey key = NodeKey.Generate();
        byte[] proof = NoisePayload.Create(key, new byte[32], Muxers);

        Assert.That(NoisePayload.Verify(proof, new byte[32]).Identity.Peer, Is.EqualTo(key.Peer));
        Assert.That(() => NoisePayload.Verify(proof, [1, .. new byte[31]]),
            Throws.TypeOf<WireException>().With.Message.Contains("does not prove"));
    }

    [Test]
    public async Task An_announced_handshake_message_is_bounded_before_it_is_read()
    {
        using NodeKey key = NodeKey.Generate();
        (DuplexPair here, DuplexPair there) = DuplexPair.Create();
        Task securing = NoiseSecurity.SecureAsync(here, key, initiator: false, null, Muxers, CancellationToken.None);
        await there.WriteAsync(new byte[] { 0xff, 0xff });

        Assert.That(async () => await securing, Throws.TypeOf<WireException>().With.Message.Contains("65535 bytes is announced"));
    }

    internal static async Task<(SecuredChannel First, SecuredChannel Second)> SecureAsync(NodeKey first, NodeKey second, PeerId? expected)
    {
        (DuplexPair here, DuplexPair there) = DuplexPair.Create();
        Task<SecuredChannel> dialling = NoiseSecurity.SecureAsync(here, first, true, expected, Muxers, CancellationToken.None);
        Task<SecuredChannel> listening = NoiseSecurity.SecureAsync(there, second, false, null, Muxers, CancellationToken.None);
        SecuredChannel ofFirst = await dialling;
        return (ofFirst, await listening);
    }
}
