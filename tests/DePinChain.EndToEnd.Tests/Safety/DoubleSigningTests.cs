using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using DePinChain.Blocks;
using DePinChain.Crypto;
using DePinChain.Node;
using DePinChain.Primitives;

namespace DePinChain.EndToEnd.Tests.Safety;

/// <summary>A validator's key signs twice on a running network, and the chain makes it pay.</summary>
[NonParallelizable]
public sealed class DoubleSigningTests
{
    private const int Offender = 3;
    private const int SecondOffender = 4;
    private Localnet _localnet = null!;
    private StakingCalls _staking = null!;
    private ulong _chainId;

    [OneTimeSetUp]
    public async Task Start()
    {
        _localnet = await Localnet.StartProcessesAsync(null, null, "--validators", "5", "--block-time", "0.5s");
        _staking = await StakingCalls.OpenAsync(_localnet.RpcUrl);
        _chainId = Convert.ToUInt64((await _localnet.CallAsync("eth_chainId")).GetString(), 16);
    }

    [OneTimeTearDown]
    public async Task Stop() => await _localnet.DisposeAsync();

    /// <remarks>
    /// By hand, in DPN. v3 has 100,000 of its own; dev1 adds 1,000 and dev2 2,000: 103,000 tokens and as many shares. Then
    /// at block A dev1 unbonds 100 (before the offence: not touched), at block B dev2 unbonds 500 (at the offence's height: it answers),
    /// after B dev2 moves 200 to v1 (after the offence: it answers). v3 signs twice at height B. A slash is 5 %:
    ///   bonded   102,200 × 0.05 = 5,110 burned, 97,090 stay; a share is worth 97,090 / 102,200 = 0.95
    ///   operator 100,000 shares → 95,000          dev1 900 shares → 855          dev2 1,300 shares → 1,235
    ///   dev1's unbonding 100 → 100                dev2's unbonding 500 → 475     dev2's 200 at v1 → 190
    /// </remarks>
    [Test]
    public async Task A_validator_that_signs_twice_is_slashed_and_tombstoned_and_its_delegators_lose_what_the_rules_say()
    {
        using PrivateKey dev1 = LocalnetKeys.User(1), dev2 = LocalnetKeys.User(2);
        using PrivateKey owner = LocalnetKeys.Operator(Offender), other = LocalnetKeys.Operator(1);
        await _staking.SendAsync(dev1, Amount.FromDpn(1_000), "delegate", owner.Address);
        await _staking.SendAsync(dev2, Amount.FromDpn(2_000), "delegate", owner.Address);
        await MineUntilAsync(async () => (ulong)(UInt256)(await ValidatorAsync(owner.Address))["power"]! == 103_000);

        ulong before = await _staking.SendAsync(dev1, Amount.Zero, "undelegate", owner.Address, Dpn(100));
        ulong offence = await _staking.SendAsync(dev2, Amount.Zero, "undelegate", owner.Address, Dpn(500));
        ulong after = await _staking.SendAsync(dev2, Amount.Zero, "redelegate", owner.Address, other.Address, Dpn(200));
        Assert.That((before, after), Is.EqualTo((Math.Min(before, offence - 1), Math.Max(after, offence + 1))), "in this order");

        byte[] proof = SignTwice(Offender, offence).Encode();
        Assert.That((await _localnet.CallAsync("admin_submitEvidence", Hex.Encode(proof))).GetBoolean(), Is.True);
        await WaitUntilTombstonedAsync(owner.Address);

        // What left the validator is visited in the blocks that follow; a block that ends an epoch leaves it to the next.
        await _localnet.WaitForHeightAsync(await _localnet.HeightAsync() + 3, TimeSpan.FromSeconds(30));
        IReadOnlyDictionary<string, object?> record = await ValidatorAsync(owner.Address);
        Assert.That(record["tokens"], Is.EqualTo(Dpn(97_090)));
        Assert.That(record["shares"], Is.EqualTo(Dpn(102_200)));
        Assert.That(record["status"], Is.EqualTo((UInt256)4), "tombstoned");
        Assert.That(await StakeAsync(owner.Address, owner.Address), Is.EqualTo(Dpn(95_000)));
        Assert.That(await StakeAsync(dev1.Address, owner.Address), Is.EqualTo(Dpn(855)));
        Assert.That(await StakeAsync(dev2.Address, owner.Address), Is.EqualTo(Dpn(1_235)));
        Assert.That(await StakeAsync(dev2.Address, other.Address), Is.EqualTo(Dpn(190)));
        Assert.That(await UnbondingAsync(dev1.Address), Is.EqualTo((Dpn(100), Dpn(100))));
        Assert.That(await UnbondingAsync(dev2.Address), Is.EqualTo((Dpn(500), Dpn(475))));

        await ItIsOnTheChainOnceAsync(offence);
        await ItEarnsNothingMoreAsync(dev1.Address, owner.Address);
        await TheTombstoneStandsAsync(owner);
        await TheUnbondingIsPaidAsync(dev1.Address, before + 60, 100);
        await TheUnbondingIsPaidAsync(dev2.Address, offence + 60, 475);
    }

    private async Task TheTombstoneStandsAsync(PrivateKey owner)
    {
        using PrivateKey signing = LocalnetKeys.Signing(Offender);
        Assert.That(await _staking.RefusalAsync(owner.Address, "unjail"), Is.EqualTo("ValidatorTombstoned"));
        byte[] again = SignTwice(Offender, await _localnet.HeightAsync() - 1).Encode();
        Assert.That(
            async () => await _localnet.CallAsync("admin_submitEvidence", Hex.Encode(again)),
            Throws.InvalidOperationException.With.Message.Contains("punished already"));
        await MineUntilAsync(async () => !await HasSeatAsync(signing.Address));
    }

    /// <remarks>Nobody hands in a proof here: the nodes see a vote that contradicts one they have counted.</remarks>
    [Test]
    public async Task Nodes_find_out_by_themselves_who_votes_twice()
    {
        using PrivateKey owner = LocalnetKeys.Operator(SecondOffender), key = LocalnetKeys.Signing(SecondOffender);
        await MineUntilAsync(async () => await HasSeatAsync(key.Address));
        var clock = Stopwatch.StartNew();
        while (!await IsTombstonedAsync(owner.Address))
        {
            Assert.That(clock.Elapsed, Is.LessThan(TimeSpan.FromSeconds(40)), "nobody noticed");
            JsonElement commit = await _localnet.CallAsync("depin_getCommit", "latest");
            Vote lie = Precommit(key, HeightOf(commit, "height"), (uint)HeightOf(commit, "round"), Keccak256.Hash("another block"u8));
            try
            {
                await _localnet.CallAsync("dev_submitVote", Hex.Encode(lie.Encode()));
            }
            catch (InvalidOperationException)
            {
                // The next height had begun and ended meanwhile: the validator lies again.
            }

            await _localnet.WaitForHeightAsync(await _localnet.HeightAsync() + 1, TimeSpan.FromSeconds(30));
        }

        // 5 % of the 100,000 that it has of its own.
        Assert.That((await ValidatorAsync(owner.Address))["tokens"], Is.EqualTo(Dpn(95_000)));
    }

    [TestCase("0x", "not taken")]
    [TestCase("0x01", "not taken")]
    public void A_proof_that_proves_nothing_is_refused(string proof, string why) => Assert.That(
        async () => await _localnet.CallAsync("admin_submitEvidence", proof),
        Throws.InvalidOperationException.With.Message.Contains(why));

    private DuplicateVote SignTwice(int validator, ulong height)
    {
        using PrivateKey key = LocalnetKeys.Signing(validator);
        return DuplicateVote.Of(
            Precommit(key, height, 0, Keccak256.Hash("one block"u8)),
            Precommit(key, height, 0, Keccak256.Hash("another block"u8)));
    }

    private Vote Precommit(PrivateKey key, ulong height, uint round, Hash256 block)
    {
        Hash256 digest = ConsensusSignBytes.OfVote(_chainId, VoteKind.Precommit, height, round, -1, block);
        return new Vote(VoteKind.Precommit, height, round, -1, block, key.Sign(digest));
    }

    private async Task ItIsOnTheChainOnceAsync(ulong offence)
    {
        List<string> found = [];
        for (ulong height = offence; height <= await _localnet.HeightAsync(); height++)
        {
            foreach (JsonElement item in (await _localnet.CallAsync("depin_getEvidence", $"0x{height:x}")).EnumerateArray())
                found.Add(item.GetProperty("signer").GetString()!);
        }

        using PrivateKey key = LocalnetKeys.Signing(Offender);
        Assert.That(found, Is.EqualTo(new[] { key.Address.ToString().ToLowerInvariant() }).IgnoreCase);
    }

    private async Task ItEarnsNothingMoreAsync(Address delegator, Address validator)
    {
        UInt256 now = await _staking.NumberAsync("pendingRewards", delegator, validator);
        await _localnet.WaitForHeightAsync(await _localnet.HeightAsync() + 4, TimeSpan.FromSeconds(30));
        Assert.That(await _staking.NumberAsync("pendingRewards", delegator, validator), Is.EqualTo(now));
    }

    private async Task TheUnbondingIsPaidAsync(Address delegator, ulong completion, ulong dpn)
    {
        // A few blocks of patience: a block that ends an epoch pays nobody.
        await MineUntilAsync(async () => await _localnet.HeightAsync() >= completion + 4);
        UInt256 before = await BalanceAsync(delegator, completion - 1);
        Assert.That(await BalanceAsync(delegator, completion + 3) - before, Is.EqualTo(Dpn(dpn)));
    }

    private async Task<UInt256> BalanceAsync(Address account, ulong height) =>
        UInt256.Parse((await _localnet.CallAsync("eth_getBalance", account.ToString(), $"0x{height:x}")).GetString()!);

    private async Task<IReadOnlyDictionary<string, object?>> ValidatorAsync(Address owner) =>
        (await _staking.RowsAsync("getValidator", owner))[0];

    private async Task<object?> StakeAsync(Address delegator, Address owner) =>
        (await _staking.RowsAsync("getDelegation", delegator, owner))[0]["tokens"];

    private async Task<(object?, object?)> UnbondingAsync(Address delegator)
    {
        IReadOnlyDictionary<string, object?> entry = (await _staking.RowsAsync("getUnbondings", delegator)).Single();
        return (entry["initial"], entry["balance"]);
    }

    private async Task<bool> IsTombstonedAsync(Address owner) =>
        (bool)(await _staking.RowsAsync("getSigningInfo", owner))[0]["tombstoned"]!;

    private async Task WaitUntilTombstonedAsync(Address owner)
    {
        var clock = Stopwatch.StartNew();
        while (!await IsTombstonedAsync(owner))
        {
            Assert.That(clock.Elapsed, Is.LessThan(TimeSpan.FromSeconds(30)), $"no block took the proof in:\n{_localnet.Output}");
            await Task.Delay(100);
        }
    }

    private async Task<bool> HasSeatAsync(Address signer) =>
        (await _localnet.CallAsync("depin_getValidators")).GetRawText().Contains(signer.ToString(), StringComparison.OrdinalIgnoreCase);

    // The localnet runs blocks on demand, so an epoch costs a second, not twenty.
    private async Task MineUntilAsync(Func<Task<bool>> isReached)
    {
        for (int steps = 0; !await isReached(); steps++)
        {
            Assert.That(steps, Is.LessThan(40), "it does not happen within 200 blocks");
            await _localnet.CallAsync("dev_mine", "0x5");
        }
    }

    private static ulong HeightOf(JsonElement commit, string field) =>
        ulong.Parse(commit.GetProperty(field).GetString()![2..], NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    private static UInt256 Dpn(ulong whole) => Amount.FromDpn(whole).ToUInt256();
}
