using DePinChain.Modules.Storage;
using DePinChain.Primitives;
using static DePinChain.Modules.Tests.Person;

namespace DePinChain.Modules.Tests.Storage;

/// <summary>
/// Random lives of sectors. After every block the module's invariants are asked: what it holds is what it owes, power is that of the active
/// sectors, no provider is in debt with free funds, and nobody has earned more than was minted.
/// </summary>
public sealed class SectorHistoryTests
{
    [TestCase(1UL)]
    [TestCase(2UL)]
    [TestCase(3UL)]
    public void Whatever_happens_everything_adds_up(ulong seed)
    {
        using SealNetwork network = new SealNetwork().Open();
        Dice dice = new(seed);
        ulong next = 1;
        int proven = 0;
        int lost = 0;
        for (int step = 0; step < 70; step++)
        {
            switch (dice.Roll(9))
            {
                case 0 when next < 12 && network.Funds().Debt.IsZero:
                    ulong[] fresh = [.. Enumerable.Range(0, 1 + (int)dice.Roll(3)).Select(_ => next++)];
                    Fund(network);
                    network.Seal(fresh);
                    break;
                case 1 or 2 or 3 when network.Duty().Partitions > 0:
                    network.Prove();
                    proven++;
                    break;
                case 4 when network.Duty().Partitions > 0:
                    network.Miss();
                    lost++;
                    break;
                case 5 when next > 1:
                    Fault(network, 1 + dice.Roll(next - 1));
                    break;
                case 6 when next > 1:
                    Recover(network, 1 + dice.Roll(next - 1));
                    break;
                case 7 when next > 1 && dice.Roll(3) == 0:
                    network.Send(Bob, SealedSectorsCalls.TerminateSectors(1, [1 + dice.Roll(next - 1)]));
                    break;
                default:
                    Spend(network, dice);
                    break;
            }
        }

        TestContext.Out.WriteLine($"{next - 1} sectors, {proven} windows proven, {lost} missed; {network.Funds()}");
        Assert.That(proven, Is.GreaterThan(5));

        // Everything is given up and paid out: nothing is left that somebody owns.
        for (ulong sector = 1; sector < next; sector++) network.Send(Bob, SealedSectorsCalls.TerminateSectors(1, [sector]));
        Fund(network);
        Fund(network);
        network.Send(Bob, SealedSectorsCalls.Claim(1)).Succeeds();
        Assert.That(network.Funds() with { Free = default, Debt = default }, Is.EqualTo(default(FundsRecord)));
        Assert.That(network.Power(), Is.EqualTo(UInt128.Zero));
    }

    private static void Fund(SealNetwork network) =>
        network.Send(Alice, SealedSectorsCalls.AddPledge(1), Amount.FromDpn(5)).Succeeds();

    private static void Fault(SealNetwork network, ulong sector)
    {
        SectorRecord record = network.Sector(sector);
        if (record.State == SectorState.Sealed)
            network.Send(Bob, SealedSectorsCalls.DeclareFaults(1, record.Partition, SectorMask.Of(record.Place)));
    }

    private static void Recover(SealNetwork network, ulong sector)
    {
        SectorRecord record = network.Sector(sector);
        if (network.State(sector) != SectorState.Faulty) return;
        UInt256 mask = SectorMask.Of(record.Place);
        Hash256 seed = SealedSectorsCalls.ChallengeOfResult(network.Ask(SealedSectorsCalls.ChallengeOf(1, network.Height - 1)));
        network.Send(
            Bob,
            SealedSectorsCalls.DeclareRecoveries(
                1, record.Partition, mask, network.Height - 1, network.Spacetime(record.Partition, mask, seed)));
    }

    private static void Spend(SealNetwork network, Dice dice)
    {
        network.Send(Bob, SealedSectorsCalls.Claim(1)).Succeeds();
        FundsRecord funds = network.Funds();
        if (funds.Debt.IsZero && dice.Roll(2) == 0)
            network.Send(Bob, SealedSectorsCalls.WithdrawAvailable(1, new Amount(funds.Free.Wei / 3))).Succeeds();
        if (!funds.Debt.IsZero) Fund(network);
    }

    private sealed class Dice(ulong seed)
    {
        private ulong _state = seed;

        public ulong Roll(ulong sides)
        {
            _state = unchecked((_state * 6_364_136_223_846_793_005) + 1_442_695_040_888_963_407);
            return (_state >> 33) % sides;
        }
    }
}
