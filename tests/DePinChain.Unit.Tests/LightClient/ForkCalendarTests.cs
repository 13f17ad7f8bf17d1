using DePinChain.Network;
using DePinChain.Primitives;

namespace DePinChain.Unit.Tests.LightClient;

[TestFixture]
internal sealed class ForkCalendarTests
{
    private static readonly Hash256 Genesis = Keccak256.Hash("genesis"u8);

    private readonly ForkCalendar _ours = new(Genesis, [0, 100, 200]);

    [Test]
    public void The_id_is_the_keccak_of_genesis_and_the_heights_passed_and_names_the_next()
    {
        // keccak(genesis), keccak(genesis ‖ 0x0000000000000064): a fork at 0 is part of genesis.
        Assert.That(_ours.At(99), Is.EqualTo(new ForkId(First4(Genesis.ToArray()), 100)));
        Assert.That(_ours.At(100), Is.EqualTo(new ForkId(First4([.. Genesis.ToArray(), 0, 0, 0, 0, 0, 0, 0, 0x64]), 200)));
        Assert.That(_ours.At(200).Next, Is.Zero);
    }

    [Test]
    public void Nodes_with_one_calendar_follow_each_other_wherever_they_are()
    {
        foreach (ulong head in new ulong[] { 0, 99, 100, 150, 200, 5_000 })
        {
            foreach (ulong peer in new ulong[] { 0, 99, 100, 150, 200, 5_000 })
                Assert.That(_ours.IsCompatible(_ours.At(peer), head), Is.True, $"{head} and {peer}");
        }
    }

    [Test]
    public void A_peer_that_does_not_know_a_fork_is_fine_until_the_fork_has_passed()
    {
        ForkCalendar old = new(Genesis, [100]);
        Assert.That(_ours.IsCompatible(old.At(150), 150), Is.True);
        Assert.That(_ours.IsCompatible(old.At(250), 250), Is.False, "it passed 200 without changing its rules");
    }

    [Test]
    public void A_peer_that_expects_a_fork_which_we_passed_without_is_refused()
    {
        ForkCalendar other = new(Genesis, [100, 150]);
        Assert.That(_ours.IsCompatible(other.At(120), 120), Is.True, "neither has come to it");
        Assert.That(_ours.IsCompatible(other.At(120), 170), Is.False);
    }

    [Test]
    public void Another_genesis_is_another_network() =>
        Assert.That(_ours.IsCompatible(new ForkCalendar(Keccak256.Hash("other"u8), [100, 200]).At(0), 0), Is.False);

    private static uint First4(byte[] message) =>
        System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(Keccak256.Hash(message).ToArray());
}
