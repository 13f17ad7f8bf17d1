using DePinChain.Engine;

namespace DePinChain.Unit.Tests.Engine;

public sealed class DiskFolderTests
{
    private string _path = "";

    [SetUp]
    public void CreatePlace() => _path = Directory.CreateTempSubdirectory("depin-folder-").FullName;

    [TearDown]
    public void RemovePlace() => Directory.Delete(_path, recursive: true);

    [Test]
    public void A_replaced_file_holds_the_last_content_and_leaves_no_temporary()
    {
        DiskFolder folder = new(Path.Combine(_path, "new"));
        Assert.That(folder.Read("mark"), Is.Null);
        folder.Replace("mark", "one and longer"u8);
        folder.Replace("mark", "two"u8);
        Assert.That(folder.Read("mark"), Is.EqualTo("two"u8.ToArray()));
        Assert.That(Directory.GetFiles(Path.Combine(_path, "new")), Has.Length.EqualTo(1));
    }

    [Test]
    public void An_append_file_grows_is_cut_and_is_found_again()
    {
        DiskFolder folder = new(_path);
        using (IAppendFile file = folder.OpenAppend("log"))
        {
            file.Append("hello "u8);
            file.Append("world"u8);
            file.Sync();
            file.Truncate(5);
        }

        using IAppendFile again = folder.OpenAppend("log");
        Assert.That(again.Length, Is.EqualTo(5));
        again.Append("!"u8);
        Assert.That(folder.Read("log"), Is.EqualTo("hello!"u8.ToArray()));
    }

    [Test]
    public void A_lock_is_exclusive_and_the_refusal_names_the_folder()
    {
        DiskFolder folder = new(_path);
        using (folder.Lock("lock"))
        {
            RefusalException refusal = Assert.Throws<RefusalException>(() => folder.Lock("lock"))!;
            Assert.That(refusal.Message, Does.Contain(_path).And.Contain("--data"));
            Assert.That(refusal.Code, Is.EqualTo(ExitCode.LocalState));
        }

        folder.Lock("lock").Dispose();
    }

    [Test]
    public void A_place_that_is_a_file_is_refused_in_one_sentence()
    {
        string file = Path.Combine(_path, "file");
        File.WriteAllText(file, "");
        RefusalException refusal = Assert.Throws<RefusalException>(() => _ = new DiskFolder(Path.Combine(file, "below")))!;
        Assert.That(refusal.Code, Is.EqualTo(ExitCode.LocalState));
        Assert.That(refusal.Message, Does.Contain(file).And.Not.Contain("\n"));
    }

    [Test]
    public void The_clock_offset_is_kept_and_only_grows()
    {
        DiskFolder folder = new(_path);
        LocalClock clock = new(TimeProvider.System, folder);
        long target = clock.NowMs + 7 * 24 * 3_600_000L;
        clock.AdvanceTo(target);
        clock.AdvanceTo(target - 1_000_000);
        clock.Save();

        LocalClock again = new(TimeProvider.System, folder);
        Assert.That(again.OffsetMs, Is.EqualTo(clock.OffsetMs).And.GreaterThan(7 * 24 * 3_600_000L - 60_000));
        Assert.That(again.NowMs, Is.GreaterThanOrEqualTo(target));
    }

    [Test]
    public void A_damaged_clock_offset_is_refused_with_what_to_do()
    {
        DiskFolder folder = new(_path);
        folder.Replace("clock-offset", "abc"u8);
        Assert.That(
            () => new LocalClock(TimeProvider.System, folder),
            Throws.TypeOf<RefusalException>().With.Message.Contains("delete it"));
    }
}
