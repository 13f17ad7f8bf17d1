using System.Text.Json;
using DePinChain.Modules.Subnets.Yuma;

namespace DePinChain.Modules.Tests.Subnets;

/// <summary>Reads the known answers in <c>Vectors/subnets</c>; each case names its source.</summary>
internal static class KnownAnswers
{
    public static IReadOnlyList<JsonElement> Cases(string file)
    {
        byte[] bytes = File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Vectors", "subnets", file));
        using JsonDocument document = JsonDocument.Parse(bytes);
        return [.. document.RootElement.GetProperty("cases").EnumerateArray().Select(static one => one.Clone())];
    }

    public static IEnumerable<JsonElement> Of(string file, string function) =>
        Cases(file).Where(one => one.GetProperty("fn").GetString()!.StartsWith(function, StringComparison.Ordinal));

    public static T[] Numbers<T>(this JsonElement list, Func<JsonElement, T> read) => [.. list.EnumerateArray().Select(read)];

    public static ulong Number(this JsonElement element, string name) => element.GetProperty(name).GetUInt64();

    /// <summary>A decimal as I32F32; of a binary32 literal when told so, to the nearest.</summary>
    public static long Fixed(this JsonElement number, bool single = false)
    {
        double value = single ? number.GetSingle() : number.GetDouble();
        return (long)Math.Round(value * FixedPoint.One, MidpointRounding.ToEven);
    }
}
