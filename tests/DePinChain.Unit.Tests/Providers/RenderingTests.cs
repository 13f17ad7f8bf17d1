using System.Text.Json.Nodes;
using DePinChain.Client.Rendering;
using DePinChain.Primitives;
using DePinChain.Proofs.Availability;
using DePinChain.Providers.Rendering;

namespace DePinChain.Unit.Tests.Providers;

/// <summary>What render nodes and artists say to each other: notes, settings, pixels; and how Blender is held.</summary>
public sealed class RenderingTests
{
    // A picture of 3 by 6 pixels with alpha whose lines have the filters 0, 1, 2, 3, 4 and 1, in two parts and with a text, made by an
    // encoder of the PNG specification in Python (zlib for the compression), and its samples.
    private const string Picture =
        "89504e470d0a1a0a0000000d494844520000000300000006080600000006e5240c000000087445587444617465006e6f77d330d45d000000" +
        "1449444154789c636050f5ca9fb2f31eb3866fd174c6e8defda377dd3e0000003c494441541f4f9c38910b042798a2334a9b4c1cfdc014f3" +
        "b6c7fd899be252b20b550337b14467483599ccf18b5e17dc64c2785cd7c2f9513b183c020005be215ab590437a0000000049454e44ae4260" +
        "82";

    private const string Samples =
        "00254a6f94b9de03284d72975b8dbff12355875e90c2f426b6f534735796d5b9f837765a115da99ae6d7231460ac9de96cc5c31c1a73716fc8c61f1dc72d3843" +
        "a9b4bfca303b46ac";

    [Test]
    public void A_picture_with_every_filter_gives_the_samples_that_went_in()
    {
        var image = PixelImage.FromPng(Hex.Decode("0x" + Picture));
        Assert.That((image.Width, image.Height, image.Channels), Is.EqualTo((3u, 6u, 4u)));
        Assert.That(Convert.ToHexStringLower(image.Samples), Is.EqualTo(Samples));

        // keccak256(width ‖ height ‖ channels ‖ samples), as the chain's module says.
        Assert.That(image.HashOf(), Is.EqualTo(Keccak256.Hash(Hex.Decode("0x000000030000000600000004" + Samples))));
    }

    [TestCase(0, "is no PNG", TestName = "another beginning")]
    [TestCase(24, "of 9 bits", TestName = "nine bits a sample")]
    [TestCase(25, "colour type 7", TestName = "a colour type that there is not")]
    [TestCase(28, "interlace 1", TestName = "interlaced")]
    public void A_picture_that_is_not_plain_is_refused(int place, string why)
    {
        byte[] file = Hex.Decode("0x" + Picture);
        file[place]++;
        Assert.That(() => PixelImage.FromPng(file), Throws.InstanceOf<ContentFaultException>().With.Message.Contains(why));
    }

    [Test]
    public void A_picture_that_is_cut_anywhere_or_says_more_than_it_holds_is_refused()
    {
        byte[] file = Hex.Decode("0x" + Picture);
        for (int length = 0; length < file.Length - 12; length++)
        {
            byte[] cut = file[..length];
            Assert.That(() => PixelImage.FromPng(cut), Throws.InstanceOf<ContentFaultException>(), $"{length} bytes");
        }

        foreach ((int place, byte value) in ((int, byte)[])[(19, 200), (16, 0x7f), (19, 0)])
        {
            byte[] other = file[..];
            other[place] = value;
            Assert.That(() => PixelImage.FromPng(other), Throws.InstanceOf<ContentFaultException>(), $"{value} at {place}");
        }
    }

    [Test]
    public void A_note_names_the_parts_of_its_content_and_is_found_by_its_root_alone()
    {
        byte[] scene = new byte[ContentNote.PartBytes + 5];
        new Random(1).NextBytes(scene);
        var note = ContentNote.Of(scene, "{}");
        Assert.That(note.Parts, Has.Count.EqualTo(2));
        Assert.That(note.PartOf(1), Is.EqualTo(new BlobName(BlobTree.RootOf(scene.AsSpan(ContentNote.PartBytes), 32_768), 5, 32_768, 1)));
        byte[] encoded = note.Encode();
        Assert.That(encoded, Has.Length.EqualTo(4_096));
        Assert.That(ContentNote.NameOf(note.RootOf()), Is.EqualTo(new BlobName(BlobTree.RootOf(encoded, 4_096), 4_096, 4_096, 1)));
        var read = ContentNote.Decode(encoded);
        Assert.That((read.Bytes, read.Settings, read.Parts), Is.EqualTo((note.Bytes, note.Settings, note.Parts)));
    }

    [TestCase("""{"format":2,"bytes":1,"parts":[]}""", "format 2")]
    [TestCase("""{"format":1,"bytes":1,"parts":[]}""", "names 0 parts of 1 bytes")]
    [TestCase("""{"format":1,"bytes":0,"parts":[]}""", "names 0 parts of 0 bytes")]
    [TestCase("""{"format":1,"bytes":18446744073709551615,"parts":[]}""", "names 0 parts")]
    [TestCase("""{"format":1,"bytes":1,"parts":["no"]}""", "names 1 parts of 1 bytes")]
    [TestCase("""{"format":1,"bytes":1,"parts":["no"],"more":1}""", "cannot be read")]
    [TestCase("nothing", "cannot be read")]
    public void A_note_that_says_what_cannot_be_is_refused(string text, string why)
    {
        byte[] encoded = System.Text.Encoding.UTF8.GetBytes(text.PadRight(ContentNote.NoteBytes));
        Assert.That(() => ContentNote.Decode(encoded), Throws.InstanceOf<ContentFaultException>().With.Message.Match(why));
        Assert.That(() => ContentNote.Decode(encoded.AsSpan(1)), Throws.InstanceOf<ContentFaultException>());
    }

    [TestCase(null, "nothing of how")]
    [TestCase("[]", "cannot be read")]
    [TestCase("""{"width":0,"height":1,"samples":1,"seed":0}""", "0 by 1")]
    [TestCase("""{"width":1,"height":8193,"samples":1,"seed":0}""", "1 by 8193")]
    [TestCase("""{"width":1,"height":1,"samples":0,"seed":0}""", "not 0")]
    public void Settings_out_of_bounds_are_refused(string? text, string why) =>
        Assert.That(() => SceneSettings.Parse(text), Throws.InstanceOf<ContentFaultException>().With.Message.Contains(why));

    [Test]
    public void Settings_are_hashed_as_one_text()
    {
        var settings = new SceneSettings(64, 48, 4, 7);
        const string Text = """{"width":64,"height":48,"samples":4,"seed":7}""";
        Assert.That(settings.ToText(), Is.EqualTo(Text));
        Assert.That(settings.HashOf(), Is.EqualTo(Keccak256.Hash(System.Text.Encoding.UTF8.GetBytes(Text))));
        Assert.That(SceneSettings.Parse(Text), Is.EqualTo(settings));
    }

    [Test]
    public void Blender_runs_without_a_network_as_nobody_and_changes_nothing_of_the_host()
    {
        JsonObject wish = FrameContainer.Wish(new RenderHomeSettings { MemMiB = 1_024, CpuMilli = 500 }, "/home/x", "me-render");
        JsonObject host = wish["HostConfig"]!.AsObject();
        Assert.Multiple(() =>
        {
            Assert.That(host["NetworkMode"]!.GetValue<string>(), Is.EqualTo("none"));
            Assert.That(wish["User"]!.GetValue<string>(), Does.Not.StartWith("0:"));
            Assert.That(host["CapDrop"]!.ToJsonString(), Is.EqualTo("[\"ALL\"]"));
            Assert.That(host["ReadonlyRootfs"]!.GetValue<bool>(), Is.True);
            Assert.That(host["Memory"]!.GetValue<ulong>(), Is.EqualTo(1_024UL << 20));
            Assert.That(host["NanoCpus"]!.GetValue<ulong>(), Is.EqualTo(500_000_000UL));
            Assert.That(host["Tmpfs"]!["/out"]!.GetValue<string>(), Does.Contain("size=256m").And.Contain("noexec"));
        });
        string[] binds = [.. host["Binds"]!.AsArray().Select(static bind => bind!.GetValue<string>())];
        Assert.That(binds, Is.All.EndsWith(":ro"));
        Assert.That(binds, Has.None.StartsWith("/usr/local").And.None.StartsWith("/usr:").And.None.StartsWith("/:"));
    }

    [Test]
    public void A_frame_of_a_home_comes_back_as_it_was_saved()
    {
        string folder = Directory.CreateTempSubdirectory("depin-render-home-").FullName;
        try
        {
            var home = new RenderHome(Path.Combine(folder, "home"));
            home.Create(new RenderHomeSettings { Score = 77 });
            Assert.That(home.ReadSettings(), Is.EqualTo(new RenderHomeSettings { Score = 77 }));
            Assert.That(File.ReadAllText(home.ScriptPath), Does.Contain("use_denoising"));
            var note = new FrameNote { Job = 3, Frame = 9, Step = FrameStep.Rendered, Pixels = "0x01", File = "0x02", ObhMilli = 5 };
            home.Save(note);
            home.SaveSeen(41);
            var again = new RenderHome(home.Path);
            Assert.That(again.Frames(), Is.EqualTo(new[] { note }));
            Assert.That(again.ReadSeen(), Is.EqualTo(41));
            again.Forget(note);
            Assert.That(home.Frames(), Is.Empty);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
