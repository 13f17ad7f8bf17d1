using System.Globalization;
using System.Numerics;
using DePinChain.Blocks;
using DePinChain.Modules.Compute;
using DePinChain.Modules.Economy;
using DePinChain.Modules.Storage;
using DePinChain.Modules.Subnets;
using DePinChain.Primitives;

namespace DePinChain.Modules.Tests.Economy;

/// <summary>
/// The published table of issuance, held against an independent model, and the modules' own arithmetic held against both.
/// </summary>
public sealed class IssuanceTableTests
{
    private const int Years = 40;
    private static readonly BigInteger Dpn = BigInteger.Pow(10, 18);

    [Test]
    public void Every_row_of_the_published_table_is_the_models()
    {
        string[] expected = [.. Enumerable.Range(1, Years).Select(Row)];
        foreach (string row in expected) TestContext.Out.WriteLine(row);
        string[] published =
        [
            .. File.ReadAllLines(Path.Combine(Root(), "modules", "DePinChain.Modules.Economy", "ISSUANCE.md"))
                .Where(static line => line.StartsWith("| ", StringComparison.Ordinal) && char.IsDigit(line[2])),
        ];
        Assert.That(published, Is.EqualTo(expected));
    }

    [Test]
    public void Genesis_and_the_caps_of_mainnet_are_two_and_a_half_billion()
    {
        // 500,000,000 + 471,625,818 + 1,100,000,000 + 300,000,000 + 107,374,182 + 21,000,000 = 2,500,000,000
        GenesisDocument mainnet = GenesisDocument.Parse(File.ReadAllText(Path.Combine(Root(), "genesis", "mainnet.json")));
        System.Text.Json.JsonElement caps =
            mainnet.Modules.Single(static module => module.Name == "emission").Section.GetProperty("caps");
        Amount sum = mainnet.TotalSupply;
        foreach (System.Text.Json.JsonProperty cap in caps.EnumerateObject()) sum += Amount.Parse(cap.Value.GetString()!);
        Assert.That(sum, Is.EqualTo(Amount.FromDpn(2_500_000_000)));
        Assert.That(sum, Is.EqualTo(EmissionPolicy.SupplyMax));
    }

    [TestCase(0)]
    [TestCase(1)]
    [TestCase(20)]
    public void The_security_stream_mints_a_year_as_the_model_says(int year)
    {
        // The module floors each block, which the model's closed form does not: less than a wei a block and year apart.
        BigInteger before = IssuanceModel.Security(year);
        Amount remaining = new Amount((UInt128)((471_625_818 * Dpn) - before));
        Amount supply = Amount.FromDpn(500_000_000) + new Amount((UInt128)before);
        Amount minted = Amount.Zero;
        for (int block = 0; block < IssuanceModel.YearBlocks; block++)
        {
            Amount provision = EmissionPolicy.BlockProvision(
                EmissionPolicy.StartRateWad, supply, remaining, SecurityParameters.Default);
            (minted, remaining, supply) = (minted + provision, remaining - provision, supply + provision);
        }

        BigInteger expected = IssuanceModel.Security(year + 1) - before;
        Assert.That(BigInteger.Abs(expected - minted.Wei), Is.LessThan((BigInteger)IssuanceModel.YearBlocks));
    }

    [TestCase(1)]
    [TestCase(1_000)]
    [TestCase(2_629_800)]
    [TestCase(50_000_000)]
    public void The_storage_stream_mints_by_time_as_the_model_says(long block) => Assert.That(
        BigInteger.Abs(StorageMinting.SimpleReward(MintingSchedule.Mainnet, (ulong)block) - IssuanceModel.StorageSimpleAt(block)),
        Is.LessThanOrEqualTo((BigInteger)1_000_000),
        "Filecoin's rational approximation of e^-x is good to 10^-12 of a block's mint of about 14 DPN");

    [Test]
    public void The_compute_stream_mints_every_year_as_the_model_says()
    {
        EmissionMonth month = new(0, ComputeEmission.FirstBudget, Start: 0);
        Amount minted = Amount.Zero;
        for (int year = 1; year <= Years; year++)
        {
            ulong from = (ulong)(year - 1) * IssuanceModel.YearBlocks;
            (Amount more, month) = ComputeEmission.Over(month, from, from + IssuanceModel.YearBlocks, ComputeEmission.MonthBlocks);
            minted = Amount.Min(minted + more, Amount.FromDpn(300_000_000));
            Assert.That((BigInteger)minted.Wei, Is.EqualTo(IssuanceModel.Compute(year)), $"year {year}");
        }
    }

    [Test]
    public void The_subnet_stream_mints_every_year_as_the_model_says()
    {
        ulong issuance = 0;
        for (int year = 1; year <= Years; year++)
        {
            for (int block = 0; block < IssuanceModel.YearBlocks; block++)
                issuance += SubnetSupply.BlockEmission(issuance, SubnetsPolicy.IssuanceCap, 1_000_000_000);
            Assert.That((BigInteger)issuance * 1_000_000_000, Is.EqualTo(IssuanceModel.Subnets(year)), $"year {year}");
        }
    }

    private static string Row(int year)
    {
        Func<int, BigInteger>[] streams =
        [
            IssuanceModel.Security, IssuanceModel.StorageSimple, IssuanceModel.StorageBaseline, IssuanceModel.Compute, IssuanceModel.Render,
            IssuanceModel.Subnets,
        ];
        BigInteger all = 500_000_000 * Dpn;
        foreach (Func<int, BigInteger> stream in streams) all += stream(year);
        string cells = string.Join(" | ", streams.Select(stream => Whole(stream(year) - stream(year - 1))));
        return $"| {year} | {cells} | {Whole(all)} |";
    }

    private static string Whole(BigInteger wei) => (wei / Dpn).ToString("#,0", CultureInfo.InvariantCulture);

    private static string Root()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "DePinChain.sln"))) folder = folder.Parent;
        return folder!.FullName;
    }
}
