using System.Text.Json;
using DePinChain.Blocks;
using DePinChain.Crypto;
using DePinChain.Primitives;

namespace DePinChain.Unit.Tests.Blocks;

[TestFixture]
internal sealed class ConsensusSignBytesTests
{
    private static readonly JsonElement Known = KnownAnswers.Read("chain/vote-sign-digests.json");
    private static readonly ulong ChainId = Known.GetProperty("domain").GetProperty("chainId").GetUInt64();

    private static IEnumerable<JsonElement> Votes => Known.GetProperty("vectors").EnumerateArray();

    [Test]
    public void The_domain_is_the_one_of_viem_and_ethers() => Assert.That(
        ConsensusSignBytes.DomainSeparator(ChainId), Is.EqualTo(Hash256.Parse(Known.GetProperty("domainSeparator").GetString()!)));

    [TestCaseSource(nameof(Votes))]
    public void A_vote_has_the_digest_and_seal_of_viem_and_ethers(JsonElement known)
    {
        Vote vote = VoteOf(known);
        Assert.That(vote.SigningDigest(ChainId), Is.EqualTo(Hash256.Parse(known.GetProperty("digest").GetString()!)));
        PrivateKey key = PrivateKey.Parse(Known.GetProperty("privateKey").GetString()!);
        Assert.That(key.Sign(vote.SigningDigest(ChainId)), Is.EqualTo(vote.Seal));
        Assert.That(vote.TryRecoverSigner(ChainId, out Address signer), Is.True);
        Assert.That(signer, Is.EqualTo(Address.Parse(known.GetProperty("signer").GetString()!)));
    }

    [Test]
    public void Every_field_and_the_chain_change_the_digest()
    {
        Vote vote = VoteOf(Votes.First());
        Hash256[] digests =
        [
            vote.SigningDigest(ChainId),
            vote.SigningDigest(ChainId + 1),
            (vote with { Kind = VoteKind.Precommit }).SigningDigest(ChainId),
            (vote with { Height = 2 }).SigningDigest(ChainId),
            (vote with { Round = 1 }).SigningDigest(ChainId),
            (vote with { ValidRound = 0 }).SigningDigest(ChainId),
            (vote with { BlockHash = Hash256.Zero }).SigningDigest(ChainId),
            new Proposal(vote.Height, vote.Round, vote.ValidRound, vote.BlockHash, vote.Seal).SigningDigest(ChainId),
        ];
        Assert.That(digests, Is.Unique);
    }

    [Test]
    public void A_proposal_has_the_digest_of_the_typed_data_rule_written_out()
    {
        // EIP-712 by hand: keccak(0x1901 ‖ domain ‖ keccak(typeHash ‖ height ‖ round ‖ validRound ‖ blockHash)), each in 32 bytes, -1 as
        // 32 × ff.
        byte[] typeHash = Keccak256.Hash("Proposal(uint64 height,uint32 round,int32 validRound,bytes32 blockHash)"u8).ToArray();
        byte[] structHash = Keccak256.Hash(
        [
            .. typeHash,
            .. new byte[30], 0x01, 0x02,
            .. new byte[31], 0x03,
            .. Enumerable.Repeat((byte)0xff, 32),
            .. ConsensusKeys.Block.ToArray(),
        ]).ToArray();
        byte[] domain = Hash256.Parse(Known.GetProperty("domainSeparator").GetString()!).ToArray();
        Hash256 expected = Keccak256.Hash([0x19, 0x01, .. domain, .. structHash]);
        Assert.That(ConsensusSignBytes.OfProposal(ChainId, 0x0102, 3, -1, ConsensusKeys.Block), Is.EqualTo(expected));
    }

    private static Vote VoteOf(JsonElement known)
    {
        JsonElement message = known.GetProperty("message");
        Signature seal = new(
            Hash256.Parse(known.GetProperty("r").GetString()!),
            Hash256.Parse(known.GetProperty("s").GetString()!),
            known.GetProperty("yParity").GetByte());
        return new Vote(
            (VoteKind)message.GetProperty("kind").GetByte(),
            ulong.Parse(message.GetProperty("height").GetString()!, System.Globalization.CultureInfo.InvariantCulture),
            message.GetProperty("round").GetUInt32(),
            message.GetProperty("validRound").GetInt32(),
            Hash256.Parse(message.GetProperty("blockHash").GetString()!),
            seal);
    }
}
