using System.Net;
using System.Runtime.Versioning;
using DePinChain.Network;
using DePinChain.Network.Identify;
using DePinChain.Network.Identity;
using DePinChain.Network.Swarming;
using DePinChain.Primitives;

namespace DePinChain.Unit.Tests.Network;

public sealed class IdentityTests
{
    // The keys are those of libp2p/specs; the ids were computed from them by @libp2p/peer-id 6.0.
    private const string Ed25519Peer = "12D3KooWBtg3aaRMjxwedh83aGiUkwSxDwUZkzuJcfaqUmo7R3pq";
    private const string Secp256k1Peer = "16Uiu2HAmLhLvBoYaoZfaMUKuibM6ac163GwKY74c5kiSLg5KvLpY";

    [TestCase("ED25519 public key", Ed25519Peer)]
    [TestCase("secp256k1 public key", Secp256k1Peer)]
    public void A_public_key_gives_the_peer_id_that_other_implementations_give(string name, string peer)
    {
        byte[] encoded = Vector(name);

        Assert.That(IdentityKey.TryDecode(encoded, out IdentityKey? key), Is.True);
        Assert.That(key!.Peer.Value, Is.EqualTo(peer));
        Assert.That(key.Encoded.ToArray(), Is.EqualTo(encoded));
        Assert.That(PeerIds.TryParse(peer, out PeerId parsed), Is.True);
        Assert.That(parsed, Is.EqualTo(key.Peer));
        Assert.That(PeerIds.ToBytes(parsed), Is.EqualTo((byte[])[0, (byte)encoded.Length, .. encoded]));
    }

    [Test]
    public void The_private_key_of_the_specification_is_the_peer_of_its_public_key()
    {
        using NodeKey key = NodeKey.Parse(Hex.Encode(Vector("secp256k1 private key").AsSpan(4)));

        Assert.That(key.Peer.Value, Is.EqualTo(Secp256k1Peer));
        Assert.That(key.Public.Encoded.ToArray(), Is.EqualTo(Vector("secp256k1 public key")));
    }

    [Test]
    public void Keys_of_kinds_that_are_not_understood_are_refused() =>
        Assert.That(IdentityKey.TryDecode(Vector("ECDSA public key"), out _), Is.False);

    [Test]
    public void A_signature_holds_for_its_message_and_its_key_only()
    {
        using NodeKey key = NodeKey.Generate(), other = NodeKey.Generate();
        byte[] signature = key.Sign("a message"u8);

        Assert.That(key.Public.Verify("a message"u8, signature), Is.True);
        Assert.That(key.Public.Verify("another"u8, signature), Is.False);
        Assert.That(other.Public.Verify("a message"u8, signature), Is.False);
        Assert.That(key.Public.Verify("a message"u8, signature.AsSpan(1)), Is.False);
    }

    [Test]
    public void Ed25519_is_that_of_RFC_8032()
    {
        // RFC 8032, 7.1, TEST 2.
        byte[] publicKey = Hex.Decode("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c");
        byte[] signature = Hex.Decode("92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
            + "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00");

        Assert.That(Curve25519.VerifyEd25519([0x72], signature, publicKey), Is.True);
        Assert.That(Curve25519.VerifyEd25519([0x73], signature, publicKey), Is.False);
        Assert.That(Curve25519.VerifyEd25519([0x72], signature.AsSpan(1), publicKey), Is.False);
    }

    [Test]
    public void X25519_is_that_of_RFC_7748()
    {
        // RFC 7748, 6.1: Bob's secret and public key, Alice's public key, and what they share.
        byte[] bob = Hex.Decode("5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb");
        byte[] alicePublic = Hex.Decode("8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a");
        byte[] shared = new byte[32];

        Assert.That(Hex.Encode(Curve25519.PublicKeyOf(bob), prefix: false),
            Is.EqualTo("de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f"));
        Assert.That(Curve25519.TryAgree(bob, alicePublic, shared), Is.True);
        Assert.That(Hex.Encode(shared, prefix: false), Is.EqualTo("4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742"));
    }

    [Test]
    public void A_point_of_small_order_agrees_with_nobody() =>
        Assert.That(Curve25519.TryAgree(Curve25519.GenerateSecret(), new byte[32], new byte[32]), Is.False);

    // The bytes were written by @multiformats/multiaddr 13.0.3.
    [TestCase("/ip4/192.0.2.1/tcp/30333/p2p/12D3KooWBsyhyM6fJXpXvRPpyBxKZ2DTMYRgGGXVTZnjyqjNnNTZ",
        "04c000020106767da503260024080112201ea44cb877c62eef608bf72614b24f3b05422acb18ce5e99da6f6590534bb590")]
    [TestCase("/dns4/boot.example.org/tcp/30333", "3610626f6f742e6578616d706c652e6f726706767d")]
    [TestCase("/ip6/2001:db8::1/tcp/4001", "2920010db8000000000000000000000001060fa1")]
    public void An_address_has_the_bytes_that_other_implementations_give(string text, string bytes)
    {
        Multiaddress address = Multiaddress.Parse(text);

        Assert.That(Hex.Encode(address.Encode(), prefix: false), Is.EqualTo(bytes));
        Assert.That(Multiaddress.TryDecode(Hex.Decode(bytes), out Multiaddress? read), Is.True);
        Assert.That(read, Is.EqualTo(address));
        Assert.That(address.ToString(), Is.EqualTo(text));
    }

    [TestCase("/ip4/192.0.2.1/udp/30333")]
    [TestCase("/ip4/192.0.2.1/tcp/70000")]
    [TestCase("/ip4/2001:db8::1/tcp/1")]
    [TestCase("/ip4/192.0.2.1/tcp/1/p2p/abc")]
    [TestCase("/dns4/a b/tcp/1")]
    [TestCase("192.0.2.1:30333")]
    [TestCase("")]
    public void What_cannot_be_dialled_is_not_an_address(string text) => Assert.That(Multiaddress.TryParse(text, out _), Is.False);

    [Test]
    public void A_signed_record_opens_and_a_changed_one_does_not()
    {
        using NodeKey key = NodeKey.Generate();
        Multiaddress address = new(new IPEndPoint(IPAddress.Parse("192.0.2.7"), 30333));
        byte[] envelope = PeerRecord.Sign(key, 17, [address]);

        Assert.That(PeerRecord.TryOpen(envelope, out PeerRecord? record), Is.True);
        Assert.That((record!.Peer, record.Sequence), Is.EqualTo((key.Peer, 17UL)));
        Assert.That(record.Addresses, Is.EqualTo(new[] { address }));
        for (int index = 0; index < envelope.Length; index++)
        {
            byte[] changed = [.. envelope];
            changed[index] ^= 1;
            // A field may be renumbered into one that is passed over only where nothing signed is lost by it: there is no such place.
            Assert.That(PeerRecord.TryOpen(changed, out _), Is.False, $"byte {index}");
        }
    }

    [Test]
    [UnsupportedOSPlatform("windows")]
    public void A_key_file_is_made_once_and_is_for_its_owner_only()
    {
        string folder = Directory.CreateTempSubdirectory("node-key").FullName;
        string path = Path.Combine(folder, "inner", "node.key");
        try
        {
            using NodeKey first = NodeKey.LoadOrCreate(path), second = NodeKey.LoadOrCreate(path);

            Assert.That(second.Peer, Is.EqualTo(first.Peer));
            Assert.That(File.GetUnixFileMode(path), Is.EqualTo(UnixFileMode.UserRead | UnixFileMode.UserWrite));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static byte[] Vector(string name) => Hex.Decode(KnownAnswers.Read("chain/p2p/identity-key-protobuf.json")
        .GetProperty("vectors").EnumerateArray().Single(vector => vector.GetProperty("key").GetString() == name)
        .GetProperty("protobuf_hex").GetString()!);
}
