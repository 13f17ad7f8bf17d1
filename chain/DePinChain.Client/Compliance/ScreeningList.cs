using System.Globalization;
using DePinChain.Primitives;

namespace DePinChain.Client.Compliance;

/// <summary>
/// A list of addresses that somebody screens by, as a tree over the gaps between neighbours: an address that lies inside of a gap is shown
/// not to be listed, and nothing else of the list is shown.
/// </summary>
public sealed class ScreeningList
{
    /// <summary>So many addresses fit the longest branch that the chain takes.</summary>
    public const int AddressesMax = (1 << 20) - 1;

    private readonly Address[] _ends;
    private readonly ClaimTree _tree;

    /// <param name="listed">In any order; the same twice counts once.</param>
    public ScreeningList(IEnumerable<Address> listed)
    {
        Address last = Address.Parse("0x" + new string('f', 2 * Address.Size));
        SortedSet<Address> sorted = [Address.Zero, .. listed, last];
        if (sorted.Count - 2 > AddressesMax) throw new FormatException($"a list has at most {AddressesMax} addresses");
        _ends = [.. sorted];
        _tree = new ClaimTree([.. Enumerable.Range(0, _ends.Length - 1).Select(i => ClaimTree.GapLeafOf(_ends[i], _ends[i + 1]))]);
    }

    public Hash256 Root => _tree.Root;

    /// <summary>Addresses on the list.</summary>
    public int Count => _ends.Length - 2;

    /// <summary>One address a line; what follows a '#' is a remark.</summary>
    /// <exception cref="FormatException">A line is no address.</exception>
    public static ScreeningList Read(string text)
    {
        List<Address> listed = [];
        int number = 0;
        foreach (string line in text.Split('\n'))
        {
            number++;
            string word = line.Split('#', 2)[0].Trim();
            if (word.Length == 0) continue;
            if (!Address.TryParse(word, out Address address))
                throw new FormatException(string.Create(CultureInfo.InvariantCulture, $"line {number} is no address: {word}"));
            listed.Add(address);
        }

        return new ScreeningList(listed);
    }

    /// <summary>The gap that an address lies in, with its branch; null for one that is listed.</summary>
    public ListGap? FindGap(Address subject)
    {
        int at = Array.BinarySearch(_ends, subject);
        if (at >= 0) return null;
        int high = ~at;
        return new ListGap(_ends[high - 1], _ends[high], _tree.BranchOf(high - 1));
    }
}

/// <summary>Two neighbours of a list and the way to its root.</summary>
/// <param name="Low">The listed address below, or 0.</param>
/// <param name="High">The listed address above, or 2^160 - 1.</param>
/// <param name="Branch">Hashes beside the way.</param>
public sealed record ListGap(Address Low, Address High, IReadOnlyList<Hash256> Branch);
