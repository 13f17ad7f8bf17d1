using System.Globalization;
using System.Text.Json;
using DePinChain.Client.Programs;
using DePinChain.Proofs.Pieces;
using DePinChain.Proofs.Replication;
using DePinChain.Providers.Files;

namespace DePinChain.Providers.Sealing;

/// <summary>Sectors of a home without its running agent: planning one, listing them, getting the data out of a replica.</summary>
internal static class SectorVerbs
{
    private static readonly (string Name, SectorKind Kind)[] Kinds =
        [("2KiB", SectorKind.TwoKiB), ("8MiB", SectorKind.EightMiB), ("512MiB", SectorKind.HalfGiB)];

    /// <summary>Plans a sector; the running agent does the rest.</summary>
    public static void Plan(AgentHome home, string kind, string? file, ulong blocks, TextWriter output)
    {
        RequireHome(home);
        (string Name, SectorKind Kind) known = Kinds.FirstOrDefault(one =>
            string.Equals(one.Name, kind, StringComparison.OrdinalIgnoreCase));
        if (known.Name is null)
        {
            throw new ExitException(
                ExitException.Usage, $"'{kind}' is none of {string.Join(", ", Kinds.Select(static one => one.Name))}; "
                + "this agent seals in memory, which larger sectors do not fit.");
        }

        try
        {
            SectorNote note = new SectorHome(home).Plan(known.Kind, file, blocks);
            output.WriteLine(note.Sector.ToString(CultureInfo.InvariantCulture));
        }
        catch (Exception trouble) when (trouble is IOException or UnauthorizedAccessException)
        {
            throw new ExitException(ExitException.LocalState, $"The sector could not be planned: {trouble.Message}");
        }
    }

    /// <summary>One JSON object a line.</summary>
    public static void List(AgentHome home, TextWriter output)
    {
        RequireHome(home);
        foreach (SectorNote note in new SectorHome(home).List())
            output.WriteLine(JsonSerializer.Serialize(note, AgentJson.Default.SectorNote));
    }

    /// <summary>
    /// Decodes a replica, checks that it is the data that was sealed, and writes its pieces: one to the file, several into a folder of that
    /// name, each under its commitment.
    /// </summary>
    public static void Unseal(AgentHome home, ulong sector, string file, TextWriter output)
    {
        RequireHome(home);
        SectorHome sectors = new(home);
        SectorNote note = sectors.Get(sector);
        Enrolment enrolment = home.FindEnrolment() ?? throw new ExitException(
            ExitException.LocalState, $"{home.Path} is not registered, so nothing was sealed there.");
        if (note.CommR.Length == 0 || !File.Exists(sectors.ReplicaPath(sector)))
            throw new ExitException(ExitException.LocalState, $"Sector {sector} has no replica ({note.Step}).");
        SectorIdentity identity = note.IdentityOf(enrolment.ChainId, enrolment.ProviderId);
        if (note.Pieces.Length == 0) throw new ExitException(ExitException.Usage, $"Sector {sector} holds zeros, and no file.");
        PieceCid[] pieces = [.. note.Pieces.Select(static piece => piece.Read())];
        byte[][] raw = sectors.Unseal(note, identity);
        try
        {
            if (raw.Length > 1) Directory.CreateDirectory(file);
            for (int at = 0; at < raw.Length; at++)
            {
                string target = raw.Length == 1 ? file : Path.Combine(file, pieces[at].ToString());
                File.WriteAllBytes(target, raw[at]);
                output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{target} {raw[at].Length} bytes {pieces[at]}"));
            }
        }
        catch (Exception trouble) when (trouble is IOException or UnauthorizedAccessException)
        {
            throw new ExitException(ExitException.LocalState, $"What the sector holds cannot be written: {trouble.Message}");
        }
    }

    private static void RequireHome(AgentHome home)
    {
        if (!home.Exists)
        {
            throw new ExitException(
                ExitException.LocalState, $"{home.Path} is no provider's home; 'depin provider storage init' makes one.");
        }
    }
}
