using System.Globalization;
using System.Numerics;
using System.Text.Json;
using System.Text.Json.Nodes;
using DePinChain.Client.Programs;
using DePinChain.Providers.Containers;

namespace DePinChain.Unit.Tests.Providers;

/// <summary>What a provider asks: Akash's known answers, figures computed by hand, and an owner's own program.</summary>
public sealed class BidPricingTests
{
    private static readonly PriceScales Nothing = new() { CpuMilli = "0", MemMiB = "0", DiskMiB = "0", Port = "0", Gpu = "0" };
    private static readonly Wanted Little = new(1, 1, 1, 1, []);

    [Test]
    public void Akashs_known_answers_come_out()
    {
        JsonElement cases = KnownAnswers.Read("compute/akash_provider_bid_pricing.json").GetProperty("cases");
        Assert.That(cases.GetArrayLength(), Is.EqualTo(3));

        // All scales are zero: refused.
        Assert.That(BidPricing.WeiOf(BidPricing.Price(Nothing, Little)), Is.Null);

        // One byte of memory at 1 a MiB is 2^-20; the vector gives it to 16 decimals.
        Fraction memory = BidPricing.Price(Nothing with { MemMiB = "1" },
            Little with { MemBytes = cases[1].GetProperty("mem_bytes").GetInt64() });
        BigInteger scale = BigInteger.Pow(10, 16);
        string expected = cases[1].GetProperty("expect").GetString()!;
        Assert.That(memory.Top * scale / memory.Bottom, Is.EqualTo(BigInteger.Parse(expected[2..], CultureInfo.InvariantCulture)));

        // 111 bytes at 3 * 2^20 a MiB are 333, to the digit.
        Fraction disk = BidPricing.Price(
            Nothing with { DiskMiB = $"{3 << 20}" }, Little with { DiskBytes = cases[2].GetProperty("bytes").GetInt64() });
        Assert.That(disk.Top, Is.EqualTo(disk.Bottom * cases[2].GetProperty("expect").GetInt64()));
    }

    [Test]
    public void A_price_is_the_sum_over_everything_and_rounded_up_at_the_end_only()
    {
        var scales = new PriceScales
        {
            CpuMilli = "0.0000001",
            MemMiB = "0.0000001",
            DiskMiB = "0.00000001",
            Port = "0.001",
            Gpu = "0.01",
            GpuModels = new Dictionary<string, string> { ["4090"] = "0.04" },
        };
        var wanted = new Wanted(200, 64 << 20, 100 << 20, 1, [(4_090, 2), (7, 1)]);

        // 200e-7 + 64e-7 + 100e-8 + 0.001 + 2 * 0.04 + 0.01 = 0.0910274
        Assert.That(BidPricing.WeiOf(BidPricing.Price(scales, wanted)), Is.EqualTo((UInt128)91_027_400_000_000_000));

        // A third of a base unit is still paid: 1 byte at 2^20 / 3 units a MiB, in DPN of 18 decimals.
        Assert.That(BidPricing.WeiOf(new Fraction(1, 3 * BigInteger.Pow(10, 18))), Is.EqualTo((UInt128)1));
    }

    [TestCase("")]
    [TestCase("-1")]
    [TestCase("1e9")]
    [TestCase("1.2.3")]
    [TestCase(" 1")]
    public void What_is_no_decimal_is_no_price(string text) => Assert.That(() => Fraction.Parse(text), Throws.TypeOf<ExitException>());

    [Test]
    public async Task A_price_script_reads_the_order_and_says_the_price()
    {
        string script = Script("read order; case \"$order\" in *'\"cpuMilli\":250'*) echo 777;; *) echo 1;; esac");
        var order = new JsonObject { ["cpuMilli"] = 250 };
        (UInt128? price, string? why) = await BidPricing.AskScriptAsync(script, order, CancellationToken.None);
        Assert.That((price, why), Is.EqualTo(((UInt128?)777, (string?)null)));
    }

    [TestCase("exit 3", "ended with 3")]
    [TestCase("echo cheap", "no whole number")]
    [TestCase("echo 0", "no whole number")]
    [TestCase("yes 9", "no")]
    public async Task A_price_script_that_gives_no_price_bids_nothing(string text, string words)
    {
        (UInt128? price, string? why) = await BidPricing.AskScriptAsync(Script(text), [], CancellationToken.None);
        Assert.That(price, Is.Null);
        Assert.That(why, Does.Contain(words));
    }

    [Test]
    public async Task A_price_script_that_is_not_there_bids_nothing()
    {
        (UInt128? price, string? why) = await BidPricing.AskScriptAsync("/nowhere/price", [], CancellationToken.None);
        Assert.That(price, Is.Null);
        Assert.That(why, Does.Contain("cannot be run"));
    }

    private static string Script(string text)
    {
        string path = Path.Combine(TestContext.CurrentContext.WorkDirectory, $"price-{Guid.NewGuid():n}.sh");
        File.WriteAllText(path, "#!/bin/sh\n" + text + "\n");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return path;
    }
}
