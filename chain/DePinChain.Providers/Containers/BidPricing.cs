using System.Diagnostics;
using System.Globalization;
using System.Numerics;
using System.Text.Json.Nodes;
using DePinChain.Client.Programs;
using DePinChain.Primitives;

namespace DePinChain.Providers.Containers;

/// <summary>What somebody asks for, in the units that prices are for.</summary>
/// <param name="CpuMilli">Thousandths of a core.</param>
/// <param name="MemBytes">Memory.</param>
/// <param name="DiskBytes">Disk.</param>
/// <param name="Ports">Published ports.</param>
/// <param name="Gpus">GPUs by the number of the model that would be given.</param>
internal sealed record Wanted(
    BigInteger CpuMilli, BigInteger MemBytes, BigInteger DiskBytes, BigInteger Ports, IReadOnlyList<(uint Model, uint Count)> Gpus);

/// <summary>A price as a fraction, so that nothing is rounded before the end.</summary>
/// <param name="Top">Numerator.</param>
/// <param name="Bottom">Denominator, above zero.</param>
internal readonly record struct Fraction(BigInteger Top, BigInteger Bottom)
{
    public static Fraction Zero { get; } = new(BigInteger.Zero, BigInteger.One);

    /// <summary>A decimal such as <c>0.0000001</c>, exactly.</summary>
    /// <exception cref="ExitException">It is none, or below zero.</exception>
    public static Fraction Parse(string text)
    {
        string[] parts = text.Split('.');
        string digits = string.Concat(parts);
        bool isDecimal = parts.Length <= 2 && digits.Length is > 0 and <= 80 && digits.All(char.IsAsciiDigit);
        return isDecimal
            ? new Fraction(BigInteger.Parse(digits, CultureInfo.InvariantCulture),
                BigInteger.Pow(10, parts.Length == 2 ? parts[1].Length : 0))
            : throw new ExitException(
                ExitException.LocalState, $"'{text}' is no price; write a decimal such as 0.0000001 in compute.json.");
    }

    public static Fraction operator +(Fraction a, Fraction b) => new((a.Top * b.Bottom) + (b.Top * a.Bottom), a.Bottom * b.Bottom);

    public static Fraction operator *(Fraction a, BigInteger b) => new(a.Top * b, a.Bottom);

    public static Fraction operator /(Fraction a, BigInteger b) => new(a.Top, a.Bottom * b);

    /// <summary>Rounded up to whole units: a provider is not paid less than it asks.</summary>
    public BigInteger Ceiling => (Top + Bottom - 1) / Bottom;
}

/// <summary>What a provider asks for an order: prices for each unit, or a program of its owner.</summary>
/// <remarks>
/// Source of the formula: Akash provider, bidengine/pricing.go (scale strategy): cpu · c + memory · m + disk · s + endpoints · e, a sum of
/// zero is refused. The term for GPUs is ours: there only a script sees them.
/// </remarks>
internal static class BidPricing
{
    private const int ScriptOutputMax = 256;
    private static readonly BigInteger MiB = 1 << 20;
    private static readonly TimeSpan ScriptLimit = TimeSpan.FromSeconds(10);

    /// <summary>DPN a block, unrounded. Zero is no price.</summary>
    public static Fraction Price(PriceScales scales, Wanted wanted)
    {
        Fraction sum = (Fraction.Parse(scales.CpuMilli) * wanted.CpuMilli)
            + (Fraction.Parse(scales.MemMiB) * wanted.MemBytes / MiB)
            + (Fraction.Parse(scales.DiskMiB) * wanted.DiskBytes / MiB)
            + (Fraction.Parse(scales.Port) * wanted.Ports);
        foreach ((uint model, uint count) in wanted.Gpus)
        {
            string each = scales.GpuModels.GetValueOrDefault(model.ToString(CultureInfo.InvariantCulture), scales.Gpu);
            sum += Fraction.Parse(each) * count;
        }

        return sum;
    }

    /// <summary>Base units a block; null when the price is zero, which nobody may bid.</summary>
    public static UInt128? WeiOf(Fraction dpn)
    {
        BigInteger wei = (dpn * BigInteger.Pow(10, Amount.Decimals)).Ceiling;
        return wei.IsZero || wei > (BigInteger)UInt128.MaxValue ? null : (UInt128)wei;
    }

    /// <summary>Asks the owner's program.</summary>
    /// <param name="program">Its path.</param>
    /// <param name="order">What it reads from its standard input.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>The price, or why there is none.</returns>
    public static async Task<(UInt128? Price, string? Why)> AskScriptAsync(
        string program, JsonObject order, CancellationToken cancellation)
    {
        var start = new ProcessStartInfo(program)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(ScriptLimit);
        Process? process = null;
        try
        {
            process = Process.Start(start);
            if (process is null) return (null, "the price script did not start");
            await OfferAsync(process.StandardInput, order, limit.Token);
            char[] said = new char[ScriptOutputMax];
            int length = await process.StandardOutput.ReadBlockAsync(said, limit.Token);
            await process.WaitForExitAsync(limit.Token);
            if (process.ExitCode != 0) return (null, $"the price script ended with {process.ExitCode}: no bid");
            return UInt128.TryParse(new string(said, 0, length).Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out UInt128 price)
                && price > 0 ? (price, null) : (null, "the price script printed no whole number above zero");
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return (null, $"the price script gave no answer within {ScriptLimit.TotalSeconds:0} s");
        }
        catch (Exception trouble) when (trouble is IOException or System.ComponentModel.Win32Exception)
        {
            return (null, $"the price script cannot be run: {trouble.Message}");
        }
        finally
        {
            if (process is { HasExited: false }) process.Kill(entireProcessTree: true);
            process?.Dispose();
        }
    }

    private static async Task OfferAsync(StreamWriter input, JsonObject order, CancellationToken cancellation)
    {
        try
        {
            await input.WriteLineAsync(order.ToJsonString().AsMemory(), cancellation);
            input.Close();
        }
        catch (IOException)
        {
            // It knows its price without looking.
        }
    }
}
