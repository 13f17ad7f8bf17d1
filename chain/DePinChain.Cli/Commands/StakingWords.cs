using System.Globalization;
using System.Text.Json.Nodes;
using DePinChain.Client;
using DePinChain.Primitives;

namespace DePinChain.Cli.Commands;

/// <summary>What the Staking module says, as a person reads it.</summary>
internal static class StakingWords
{
    /// <summary>Hex as a person reads it, amounts in DPN, rates in percent, everything else as it is.</summary>
    public static JsonNode? Shown(this AbiRecord record, string name)
    {
        if (name.EndsWith("Wad", StringComparison.Ordinal)) return Percent.Show(record.Number(name));
        return name is "tokens" or "selfBond" or "minSelfBond" or "initial" or "balance" or "outstanding" or "commission"
            ? record.Amount(name).ToString()
            : AbiValues.ToJson(record[name]);
    }
}

/// <summary>Rates as people write them, <c>5%</c> or <c>0.05</c>, and as the chain does, in units of 10^-18.</summary>
internal static class Percent
{
    private const decimal Wad = 1_000_000_000_000_000_000m;

    public static ulong Parse(string text)
    {
        bool isPercent = text.EndsWith('%');
        bool isRead = decimal.TryParse(
            text.TrimEnd('%'), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal number);
        decimal rate = isPercent ? number / 100 : number;
        if (!isRead || rate > 1 || rate * Wad % 1 != 0) throw CliFailure.Usage($"'{text}' is not a rate", "for example 5% or 0.05");
        return (ulong)(rate * Wad);
    }

    public static string Show(UInt256 wad) =>
        ((decimal)(ulong)wad / Wad * 100).ToString("0.################", CultureInfo.InvariantCulture) + "%";
}
