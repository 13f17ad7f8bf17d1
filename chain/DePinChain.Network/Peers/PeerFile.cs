using System.Globalization;
using System.Security.Cryptography;
using DePinChain.Network.Swarming;
using DePinChain.Primitives;

namespace DePinChain.Network.Peers;

/// <summary>Address book, bans and anchors in one file of lines, replaced as a whole.</summary>
/// <remarks>
/// Losing it costs time only, so a line that cannot be read is left out and a missing file is an empty one. Anchors are the peers that were
/// dialled last: after a restart they come first, so that restarting does not open the way for an eclipse.
/// </remarks>
public sealed class PeerFile(string? path)
{
    private const int LinesMax = 20_000;
    private const long SizeMax = 32 * 1024 * 1024;

    /// <summary>Fills a book and standings; returns the anchors.</summary>
    public IReadOnlyList<PeerId> Load(PeerStandings standings, TimeProvider time, Random random, out AddressBook book)
    {
        List<PeerId> anchors = [];
        string[] lines = Read();
        string? secret = lines.FirstOrDefault(line => line.StartsWith("secret ", StringComparison.Ordinal));
        bool known = Hex.TryDecode(secret?["secret ".Length..], out byte[] bytes) && bytes.Length == 32;
        book = new AddressBook(known ? bytes : RandomNumberGenerator.GetBytes(32), time, random);
        foreach (string line in lines)
        {
            string[] parts = line.Split(' ');
            if (parts[0] == "peer" && parts.Length == 8) LoadEntry(parts, book);
            else if (parts[0] == "ban" && parts.Length == 4) LoadBan(parts, standings);
            else if (parts[0] == "anchor" && parts.Length == 2 && anchors.Count < 16 && PeerIds(parts[1], out PeerId anchor))
                anchors.Add(anchor);
        }

        return anchors;
    }

    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Save(AddressBook book, PeerStandings standings, IEnumerable<PeerId> anchors)
    {
        if (path is null) return;
        List<string> lines = [$"secret {Hex.Encode(book.Secret.Span)}"];
        lines.AddRange(book.Entries.Select(Line));
        lines.AddRange(standings.Bans.Select(ban =>
            string.Create(CultureInfo.InvariantCulture, $"ban {ban.Peer} {ban.Until.ToUnixTimeSeconds()} {ban.Count}")));
        lines.AddRange(anchors.Select(anchor => $"anchor {anchor}"));
        string temporary = path + ".new";
        using (FileStream file = new(temporary, FileMode.Create, FileAccess.Write))
        {
            using StreamWriter writer = new(file);
            foreach (string line in lines) writer.WriteLine(line);
            writer.Flush();
            file.Flush(flushToDisk: true);
        }

        File.Move(temporary, path, overwrite: true);
    }

    private static string Line(BookEntry entry) => string.Create(
        CultureInfo.InvariantCulture,
        $"peer {entry.Address} {entry.SourceGroup} {(entry.IsTried ? "tried" : "new")} {entry.LastSuccess.ToUnixTimeSeconds()} " +
        $"{entry.Failures} {entry.Sequence} {Hex.Encode(entry.Envelope.Span)}");

    private static void LoadEntry(string[] parts, AddressBook book)
    {
        if (!Multiaddress.TryParse(parts[1], out Multiaddress? address) || address.Peer is null) return;
        if (!long.TryParse(parts[4], CultureInfo.InvariantCulture, out long success)
            || success is < 0 or > 253_402_300_799 // The year 9999, where DateTimeOffset ends.
            || !int.TryParse(parts[5], CultureInfo.InvariantCulture, out int failures)
            || !ulong.TryParse(parts[6], CultureInfo.InvariantCulture, out ulong sequence)
            || !Hex.TryDecode(parts[7], out byte[] envelope)) return;
        book.Restore(new BookEntry(address, parts[2])
        {
            IsTried = parts[3] == "tried",
            LastSuccess = DateTimeOffset.FromUnixTimeSeconds(success),
            Failures = failures,
            Sequence = sequence,
            Envelope = envelope,
        });
    }

    private static void LoadBan(string[] parts, PeerStandings standings)
    {
        if (PeerIds(parts[1], out PeerId peer)
            && long.TryParse(parts[2], CultureInfo.InvariantCulture, out long until) && until is >= 0 and < 253_402_000_000
            && int.TryParse(parts[3], CultureInfo.InvariantCulture, out int count))
            standings.Restore(peer, DateTimeOffset.FromUnixTimeSeconds(until), count);
    }

    private static bool PeerIds(string text, out PeerId peer) => Identity.PeerIds.TryParse(text, out peer);

    private string[] Read()
    {
        if (path is null || !File.Exists(path) || new FileInfo(path).Length > SizeMax) return [];
        return [.. File.ReadLines(path).Take(LinesMax)];
    }
}
