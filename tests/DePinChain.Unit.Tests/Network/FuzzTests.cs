using System.Net;
using System.Net.Sockets;
using DePinChain.Network;
using DePinChain.Network.Gossip;
using DePinChain.Network.Identify;
using DePinChain.Network.Identity;
using DePinChain.Network.Multistream;
using DePinChain.Network.Noise;
using DePinChain.Network.Swarming;
using DePinChain.Network.Wire;
using DePinChain.Network.Yamux;
using DePinChain.Primitives;

namespace DePinChain.Unit.Tests.Network;

/// <summary>
/// Whatever comes over the wire is read, refused by a <see cref="WireException"/> or reported as false, and costs memory in proportion to
/// its size. Inputs are mutations of the kept corpus from fixed seeds; an input that ever broke something joins the corpus.
/// </summary>
public sealed class FuzzTests
{
    private const int AllocationMax = 1024 * 1024;

    private static readonly bool IsLong = Environment.GetEnvironmentVariable("DEPIN_TEST_LONG") == "1";

    private static int Rounds => IsLong ? 300_000 : 3_000;

    [Test]
    public void Gossip_frames()
    {
        GossipField field = new(2);
        GossipCodec codec = new(GossipField.Topics);
        Run("gossip", bytes =>
        {
            field.Places[1].Router.Receive(field.Places[0].Self, codec.Decode(bytes));
            field.Settle();
            field.Sent.Clear();
            field.Places[1].Heard.Clear();
        });
        field.Beat(3);
    }

    [Test]
    public void Yamux_frames() => Run("yamux", bytes =>
    {
        YamuxSession session = YamuxTests.Target(out List<YamuxStream> opened, new YamuxLimits { UnreadMax = 300_000 });
        int taken = session.Consume(bytes);
        Assert.That(bytes.Length - taken, Is.LessThan(12));
        foreach (YamuxStream stream in opened) stream.Dispose();
    });

    [Test]
    public void Identify_messages() => Run("identify", bytes => IdentifyMessage.Decode(bytes).Encode());

    [Test]
    public void Signed_records() => Run("record", bytes => Assert.That(PeerRecord.TryOpen(bytes, out _), Is.False, "nobody signed it"));

    [Test]
    public void Identity_keys() => Run("key", bytes =>
    {
        if (IdentityKey.TryDecode(bytes, out IdentityKey? key)) Assert.That(PeerIds.TryParse(key.Peer.Value, out _), Is.True);
        PeerIds.TryRead([0, (byte)bytes.Length, .. bytes], out _);
    });

    [Test]
    public void Addresses() => Run("address", bytes =>
    {
        if (!Multiaddress.TryDecode(bytes, out Multiaddress? address)) return;
        Assert.That(Multiaddress.TryDecode(address.Encode(), out Multiaddress? again), Is.True);
        Assert.That(again, Is.EqualTo(address));
    });

    [Test]
    public void Proofs_of_identity() => Run("proof", bytes => NoisePayload.Verify(bytes, new byte[32]));

    [Test]
    public void Handshake_messages() => Run(
        "handshake",
        bytes =>
        {
            using NoiseHandshake responder = new(false, new byte[32], [1, .. new byte[31]], []);
            responder.Read(bytes);
            responder.Write([]);
            responder.Read(bytes);
        },
        rounds: Rounds / 10);

    [Test]
    public void Initiators_read_answers() => Run(
        "handshake",
        bytes =>
        {
            using NoiseHandshake initiator = new(true, new byte[32], [1, .. new byte[31]], []);
            initiator.Write([]);
            initiator.Read(bytes);
        },
        rounds: Rounds / 10);

    [Test]
    public void Negotiations() => Run(
        "multistream",
        bytes =>
        {
            (DuplexPair here, DuplexPair there) = DuplexPair.Create();
            there.WriteAsync(bytes).AsTask().GetAwaiter().GetResult();
            there.Dispose();
            ProtocolNegotiation.AnswerAsync(here, protocol => protocol == "/noise", CancellationToken.None).GetAwaiter().GetResult();
        },
        rounds: Rounds / 10);

    [Test]
    public async Task A_listening_node_outlives_garbage_at_every_stage_of_a_connection()
    {
        await using Libp2pTransport node = new(new Libp2pOptions
        {
            Key = NodeKey.Generate(),
            Genesis = Hash256.Zero,
            Listen = new IPEndPoint(IPAddress.Loopback, 0),
        });
        node.Attach(new Libp2pTransportTests.Inbox(node));
        node.Start();
        Random random = new(4);
        for (int stage = 0; stage < 4; stage++)
        {
            for (int count = 0; count < 8; count++) await ThrowGarbageAsync(node.LocalEndPoint!, stage, random);
        }

        await using Libp2pTransport good = new(new Libp2pOptions
        {
            Key = NodeKey.Generate(),
            Genesis = Hash256.Zero,
            Bootnodes = node.Addresses,
        });
        good.Attach(new Libp2pTransportTests.Inbox(good));
        good.Start();
        await Libp2pTransportTests.Until(() => good.Peers.Contains(node.Self), "a good node still connects");
    }

    // Stage 0: at once. 1: after the negotiation. 2: inside the encrypted channel. 3: on a stream that speaks gossip.
    private static async Task ThrowGarbageAsync(IPEndPoint target, int stage, Random random)
    {
        using NodeKey key = NodeKey.Generate();
        using Socket socket = new(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(target);
        await using NetworkStream wire = new(socket);
        Stream channel = wire;
        byte[] garbage = new byte[random.Next(1, 5000)];
        random.NextBytes(garbage);
        try
        {
            if (stage == 1) await ProtocolNegotiation.SelectAsync(wire, ["/noise"], CancellationToken.None);
            if (stage >= 2) channel = (await ConnectionUpgrade.RunAsync(wire, key, true, null, CancellationToken.None)).Channel;
            if (stage == 3)
            {
                byte[] negotiation = [.. ProtocolNegotiation.Line("/multistream/1.0.0"), .. ProtocolNegotiation.Line("/meshsub/1.2.0")];
                garbage = [.. YamuxTests.Frame(0, 1, 1, (uint)(negotiation.Length + garbage.Length)), .. negotiation, .. garbage];
            }

            await channel.WriteAsync(garbage);
            await LengthPrefixed.ReadExactlyAsync(channel, 1024, CancellationToken.None);
        }
        catch (IOException)
        {
            // It was closed, as it should be.
        }
    }

    /// <summary>Tries a target's kept inputs and as many mutations of them as a run of this length has.</summary>
    internal static void Run(string target, Action<byte[]> read, int? rounds = null, string file = "chain/p2p/fuzz-corpus.json")
    {
        byte[][] corpus = [.. KnownAnswers.Read(file).GetProperty("targets").GetProperty(target)
            .EnumerateArray().Select(seed => Hex.Decode(seed.GetString()!))];
        Random random = new(target.Length);
        Try(corpus[0], measured: false);
        foreach (byte[] seed in corpus) Try(seed, measured: true);
        for (int round = 0; round < (rounds ?? Rounds); round++) Try(Mutate(corpus, random), measured: true);

        void Try(byte[] input, bool measured)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                read(input);
            }
            catch (IOException)
            {
                // Refused.
            }
            catch (Exception e) when (e is not AssertionException)
            {
                Assert.Fail($"{Hex.Encode(input)} gave {e}");
            }

            long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            if (measured && allocated > AllocationMax + (64L * input.Length))
                Assert.Fail($"{Hex.Encode(input)} allocated {allocated} bytes");
        }
    }

    private static byte[] Mutate(byte[][] corpus, Random random)
    {
        List<byte> bytes = [.. corpus[random.Next(corpus.Length)]];
        for (int count = random.Next(1, 6); count > 0; count--)
        {
            int at = random.Next(bytes.Count + 1), length = random.Next(1, 9);
            switch (random.Next(7))
            {
                case 0 when at < bytes.Count:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1 when at < bytes.Count:
                    bytes[at] = ((byte[])[0, 1, 0x7f, 0x80, 0xff])[random.Next(5)];
                    break;
                case 2:
                    bytes.RemoveRange(at, Math.Min(length, bytes.Count - at));
                    break;
                case 3:
                    bytes.InsertRange(at, bytes.Skip(at).Take(length * 8).ToArray());
                    break;
                case 4:
                    bytes.InsertRange(at, Enumerable.Repeat((byte)0xff, length));
                    break;
                case 5:
                    bytes.InsertRange(at, corpus[random.Next(corpus.Length)]);
                    break;
                default:
                    bytes.RemoveRange(at, bytes.Count - at);
                    break;
            }

            if (bytes.Count > 100_000) break;
        }

        return [.. bytes];
    }
}
