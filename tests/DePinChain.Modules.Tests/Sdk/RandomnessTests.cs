using DePinChain.Modules.Sdk;

namespace DePinChain.Modules.Tests.Sdk;

public sealed class RandomnessTests
{
    private static readonly Randomness Beacon = new(1_337_000, currentHeight: 10, height => height >= 5 ? Stage.Mix : null);

    // keccak256("storage/challenge" ‖ chainId in 32 bytes ‖ keccak256("mix") ‖ key), by an independent Keccak-256.
    [Test]
    public void A_seed_is_the_hash_of_purpose_chain_mix_and_key()
    {
        Assert.That(
            Beacon.At(9, "storage/challenge", 7).ToString(),
                Is.EqualTo("0x19e195fe683a73c3e0c3e21d933ebe87811e180115cac77a4d8bdc0f863fe850"));
        Assert.That(
            Beacon.At(9, "storage/challenge", Stage.Alice).ToString(),
            Is.EqualTo("0xdd0dfa10705915ad2c0d471fbd028851e23caf32e3f1be4a8552ba333919823a"));
    }

    [TestCase(4UL, TestName = "no longer kept")]
    [TestCase(10UL, TestName = "the block itself")]
    [TestCase(11UL, TestName = "a future block")]
    public void Only_finished_and_kept_blocks_give_seeds(ulong height) =>
        Assert.That(Stage.RevertOf(() => Beacon.At(height, "d", 1)), Is.EqualTo(new BeaconExpired(height).Encode()));

    [Test]
    public void Purposes_do_not_share_seeds() => Assert.That(Beacon.At(9, "a", 1), Is.Not.EqualTo(Beacon.At(9, "b", 1)));

    [Test]
    public void A_fork_is_active_from_its_height_on()
    {
        ForkSchedule forks = new([KeyValuePair.Create("b", 10UL), KeyValuePair.Create("a", 20UL)]);
        Assert.Multiple(() =>
        {
            Assert.That(forks.IsActive("b", 9), Is.False);
            Assert.That(forks.IsActive("b", 10), Is.True);
            Assert.That(forks.IsActive("c", ulong.MaxValue), Is.False);
            Assert.That(forks.Latest(9), Is.Null);
            Assert.That(forks.Latest(19), Is.EqualTo("b"));
            Assert.That(forks.Latest(20), Is.EqualTo("a"));
        });
    }
}
