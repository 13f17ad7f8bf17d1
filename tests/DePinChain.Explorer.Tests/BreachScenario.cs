using DePinChain.Blocks;
using DePinChain.Crypto;
using DePinChain.Primitives;

namespace DePinChain.Explorer.Tests;

/// <summary>
/// Two who are made to pay, a validator that signs twice after stake has left it and a device that keeps silent; and a proof of rubbish,
/// which a committee is to judge.
/// </summary>
internal sealed class BreachScenario(ModuleCaller caller)
{
    private const int OperatorLevel = 1;
    private const int SigningLevel = 2;
    private const int Offender = 3;
    private const ulong Delegated = 1_000;

    // The fourth that registered.
    private static readonly UInt256 Storage = 4UL;
    private static readonly byte[] Seed = Mnemonic.ToSeed("test test test test test test test test test test test junk");
    private static readonly byte[] None = new byte[Hash256.Size];

    /// <summary>The validator's operator.</summary>
    public static Address Validator { get; } = AddressAt(OperatorLevel, Offender);

    public async Task RunAsync(PrivateKey owner, PrivateKey renter)
    {
        await PromiseSectorAsync(owner);
        await BookClusterAsync(renter, owner);
        await SignTwiceAsync(owner);
        byte[] root = Keccak256.Hash("rubbish"u8).ToArray();
        await caller.SendAsync(owner, "sealedSectors", "commitSealBlob", Amount.Zero, Storage, UInt256.One, root);
    }

    // Its proof is due some blocks later, and goes to a committee because it is too big for a block.
    private async Task PromiseSectorAsync(PrivateKey owner)
    {
        const ulong EightMiB = 1;
        ulong head = await caller.SendAsync(owner, "sealedSectors", "beginSealing", Amount.Zero, Storage, (UInt256)EightMiB);
        byte[] replica = Keccak256.Hash("a replica"u8).ToArray();
        replica[^1] &= 0x3f; // a root is a number of the field, little-endian
        object?[] promise =
        [
            UInt256.One, replica, (UInt256)(head - 1), (UInt256)(head + 500), Array.Empty<object?>(), Array.Empty<object?>(),
        ];
        await caller.SendAsync(
            owner, "sealedSectors", "preCommitSectors", Amount.FromDpn(100), Storage, new object?[] { promise });
    }

    // What left at the height of the offence answers for it.
    private async Task SignTwiceAsync(PrivateKey delegator)
    {
        await caller.SendAsync(delegator, "staking", "delegate", Amount.FromDpn(Delegated), Validator);
        ulong height = await caller.SendAsync(delegator, "staking", "undelegate", Amount.Zero, Validator, Amount.FromDpn(10).ToUInt256());
        await caller.SendAsync(delegator, "staking", "redelegate", Amount.Zero, Validator, AddressAt(OperatorLevel, 0),
            Amount.FromDpn(20).ToUInt256());
        ulong chainId = Convert.ToUInt64((await SharedNetwork.Network.CallAsync("eth_chainId")).GetString(), 16);
        using PrivateKey key = KeyAt(SigningLevel, Offender);
        byte[] proof = DuplicateVote.Of(Vote("one block"u8), Vote("another block"u8)).Encode();
        Assert.That((await SharedNetwork.Network.CallAsync("admin_submitEvidence", Hex.Encode(proof))).GetBoolean(), Is.True);

        Vote Vote(ReadOnlySpan<byte> block)
        {
            Hash256 hash = Keccak256.Hash(block), digest = ConsensusSignBytes.OfVote(chainId, VoteKind.Precommit, height, 0, -1, hash);
            return new Vote(VoteKind.Precommit, height, 0, -1, hash, key.Sign(digest));
        }
    }

    // One member and one spare; the member never acknowledges, so that the spare takes its place.
    private async Task BookClusterAsync(PrivateKey renter, PrivateKey owner)
    {
        foreach (byte name in new byte[] { 1, 2 })
        {
            byte[] device = Keccak256.Hash([name]).ToArray();
            await caller.SendAsync(owner, "devices", "registerDevice", Amount.Zero,
                device, UInt256.One, UInt256.One, (UInt256)24_576UL, (UInt256)276UL, None);
            await caller.SendAsync(owner, "devices", "stakeDevice", Amount.FromDpn(2), device);
            await caller.SendAsync(owner, "clusters", "offerDevice", Amount.Zero,
                device, Amount.FromDpn(3).ToUInt256(), UInt256.Zero, (UInt256)48UL, None);
        }

        // Model, GPUs of a device, devices, regions and from where they are measured, memory, bandwidth, round trip.
        object?[] request =
        [
            UInt256.One, UInt256.One, UInt256.One, new object?[] { (UInt256)276UL }, new object?[] { None }, UInt256.Zero, UInt256.Zero,
            UInt256.Zero,
        ];
        await caller.SendAsync(renter, "clusters", "bookCluster", Amount.FromDpn(13), request, (UInt256)2UL, (UInt256)4UL,
            Amount.FromDpn(3).ToUInt256(), UInt256.Zero, UInt256.Zero, None);
    }

    private static Address AddressAt(int level, int index)
    {
        using PrivateKey key = KeyAt(level, index);
        return key.Address;
    }

    private static PrivateKey KeyAt(int level, int index) => HierarchicalKey.Derive(Seed, $"m/44'/60'/{level}'/0/{index}");
}
