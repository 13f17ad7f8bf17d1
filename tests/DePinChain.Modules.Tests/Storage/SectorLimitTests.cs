using DePinChain.Modules.Economy;
using DePinChain.Modules.Sdk;
using DePinChain.Modules.Storage;
using DePinChain.Modules.Tests.Sdk;
using DePinChain.Primitives;
using DePinChain.Proofs.Replication;

namespace DePinChain.Modules.Tests.Storage;

/// <summary>What only a network with other rules, or more sectors than a test can seal, refuses.</summary>
public sealed class SectorLimitTests
{
    private static readonly Address Owner = Address.FromLow(0x0b);

    [Test]
    public void A_public_network_takes_no_sectors_for_development()
    {
        Call call = Open(new SealedSectorsGenesis(), out SealedSectorsModule sectors, out _);
        foreach (SectorKind kind in new[] { SectorKind.TwoKiB, SectorKind.EightMiB, SectorKind.HalfGiB })
            Refuses(() => sectors.BeginSealing(call, 1, kind), new SectorSizeNotAllowed(kind));
        sectors.BeginSealing(call, 1, SectorKind.ThirtyTwoGiB);
        Assert.That(sectors.GetCalendar(1).Window, Is.EqualTo(150), "30 minutes of 12 seconds");
    }

    [Test]
    public void Windows_that_do_not_fit_together_are_named()
    {
        SealedSectorsGenesis good = new();
        Assert.That(good.Validate("$"), Is.Empty);
        (SealedSectorsGenesis Section, string Path, string Reason)[] bad =
        [
            (good with { Deadlines = 7 }, "$.periodBlocks", "is no multiple of deadlines"),
            (good with { LookbackBlocks = 151, CutoffBlocks = 200 }, "$.periodBlocks", "has windows shorter than lookbackBlocks"),
            (good with { CutoffBlocks = 10 }, "$.periodBlocks", "has a cutoff that is not before the challenge"),
            (good with { LifeBlocksMax = 215_999 }, "$.lifeBlocksMax", "is below lifeBlocksMin"),
            (good with { InitialBaseline = 0 }, "$.initialBaseline", "is zero"),
        ];
        foreach ((SealedSectorsGenesis section, string path, string reason) in bad)
            Assert.That(section.Validate("$").Single(), Is.EqualTo(new GenesisFault(path, reason)));

        // What governance breaks parameter by parameter stops those who begin, and nobody else.
        Call call = Open(good with { Deadlines = 7 }, out SealedSectorsModule sectors, out _);
        Refuses(
            () => sectors.BeginSealing(call, 1, SectorKind.ThirtyTwoGiB), new InvalidCalendar("is no multiple of deadlines"));
    }

    [Test]
    public void A_provider_whose_deadlines_are_all_full_gets_no_more_sectors()
    {
        Open(new SealedSectorsGenesis(), out _, out ModuleScope scope);
        SectorBook book = new(scope.StateOf(WellKnownAddresses.SealedSectors), scope.LogsOf(WellKnownAddresses.SealedSectors));
        ProvingCalendar calendar = new(SectorKind.ThirtyTwoGiB, 0, 7_200, 4, 10, 60);
        book.Begin(1, calendar);
        SectorRecord record = new(
            SectorState.PreCommitted, default, default, default, 1, 1, 9_000_000, default, default, 0, 0, 0, 0, default, []);
        for (ulong home = 0; home < 4; home++)
        {
            // 256 sectors fill a partition; the 257th opens the next, until there are 1,024.
            for (ulong sector = 0; sector < 257; sector++)
                record = book.Place(1, (home << 16) | sector, record, calendar, home, now: 8_000);
            Assert.That((record.Partition & 0xffff, record.Place), Is.EqualTo((1U, (byte)0)));
            book.SaveDeadline(1, home, book.DeadlineOf(1, home) with { Partitions = SealedSectorsPolicy.PartitionsMax });
            book.SavePartition(
                1, SealedSectorsPolicy.PartitionOf(home, SealedSectorsPolicy.PartitionsMax - 1),
                PartitionRecord.Empty with { Places = SealedSectorsPolicy.PartitionSize });
        }

        Refuses(() => book.HomeOf(1, calendar, now: 8_000), new DeadlinesFull(1));
    }

    [Test]
    public void Pledges_and_fees_come_out_of_free_funds_or_not_at_all()
    {
        Open(new SealedSectorsGenesis(), out _, out ModuleScope scope);
        TreasuryModule treasury = new(
            scope.StateOf(WellKnownAddresses.Treasury), scope.LogsOf(WellKnownAddresses.Treasury), scope.Issuer,
            new TokensModule(scope.StateOf(WellKnownAddresses.Tokens), scope.LogsOf(WellKnownAddresses.Tokens)));
        EmissionModule emission = new(
            scope.StateOf(WellKnownAddresses.Emission), scope.LogsOf(WellKnownAddresses.Emission), scope.Issuer);
        SectorFunds funds = new(
            scope.StateOf(WellKnownAddresses.SealedSectors), scope.LogsOf(WellKnownAddresses.SealedSectors), scope.Bank, treasury,
            emission);
        funds.Add(1, new Amount(10));
        funds.Deposit(1, new Amount(6));
        Refuses(() => funds.Deposit(1, new Amount(5)), new FundsTooSmall(1, new Amount(5), new Amount(4)));
        Refuses(() => funds.Pledge(1, new Amount(6), new Amount(11)), new FundsTooSmall(1, new Amount(11), new Amount(10)));
        Refuses(() => funds.Spend(1, new Amount(5)), new FundsTooSmall(1, new Amount(5), new Amount(4)));
        funds.Pledge(1, new Amount(6), new Amount(9));
        Assert.That(funds.Of(1), Is.EqualTo(new FundsRecord(new Amount(1), Amount.Zero, new Amount(9), Amount.Zero)));
        funds.Unpledge(1, new Amount(6), new Amount(9));
        Assert.That(funds.Of(1), Is.EqualTo(new FundsRecord(new Amount(4), new Amount(6), Amount.Zero, Amount.Zero)));

        // A deposit above the pledge comes back.
        funds.Pledge(1, new Amount(6), new Amount(2));
        Assert.That(funds.Of(1), Is.EqualTo(new FundsRecord(new Amount(8), Amount.Zero, new Amount(2), Amount.Zero)));
    }

    private static void Refuses<TError>(Action action, in TError expected)
        where TError : struct, IError =>
        Assert.That(Hex.Encode(Stage.RevertOf(action)), Is.EqualTo(Hex.Encode(expected.Encode())), expected.ToString());

    private static Call Open(SealedSectorsGenesis rules, out SealedSectorsModule sectors, out ModuleScope scope)
    {
        InMemoryWorld world = new();
        scope = world.Scope(new NoCryptography());
        IReadOnlyList<IModule> modules = StorageNetwork.Catalog(scope);
        sectors = modules.OfType<SealedSectorsModule>().Single();
        GenesisContext genesis = new()
        {
            ChainId = 1,
            Timestamp = 0,
            IsDevelopment = false,
            TotalSupply = Amount.FromDpn(1),
            Forks = ForkSchedule.None,
            Validators = [],
        };
        modules.OfType<StorageMarketModule>().Single().Initialize(new StorageMarketGenesis(), genesis);
        sectors.Initialize(rules, genesis);
        Call call = new()
        {
            Sender = Owner,
            Origin = Owner,
            Value = Amount.Zero,
            Meter = world,
            Block = new BlockContext
            {
                ChainId = 1,
                Number = 10,
                Timestamp = 120,
                Proposer = Address.Zero,
                ParentHash = Hash256.Zero,
                ParentMix = Hash256.Zero,
                BaseFee = Amount.Zero,
                GasLimit = 60_000_000,
                Forks = ForkSchedule.None,
                Randomness = new Randomness(1, 10, static _ => Hash256.Zero),
            },
        };
        modules.OfType<StorageMarketModule>().Single().RegisterProvider(call, Address.Zero, "https://owner.example", []);
        return call;
    }
}
