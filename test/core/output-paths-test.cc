// SPDX-License-Identifier: GPL-2.0-only
#include "temporary-folder.h"

#include "ns3/m3-input-error.h"
#include "ns3/m3-output-paths.h"
#include "ns3/m3-text-file.h"

#include <gtest/gtest.h>

#include <fstream>

using namespace ns3::m3;

namespace fs = std::filesystem;

namespace
{

/// A new and empty folder.
fs::path EmptyFolder(const std::string& name)
{
    const fs::path folder = TemporaryFolder() / name;
    fs::remove_all(folder);
    fs::create_directories(folder);
    return folder;
}

} // namespace

TEST(OutputPaths, FoldersThatStayEmptyGoAgain)
{
    const fs::path base = EmptyFolder("empty-paths");
    {
        OutputPaths paths;
        paths.AddFolder((base / "a/b").string());
        paths.AddFile((base / "c/d/file.txt").string());
        EXPECT_TRUE(fs::is_directory(base / "a/b"));
        EXPECT_TRUE(fs::is_directory(base / "c/d"));
        EXPECT_FALSE(fs::exists(base / "c/d/file.txt"));
        EXPECT_TRUE(fs::is_empty(base / "a/b")) << "the file of the test is removed";
    }
    EXPECT_TRUE(fs::is_empty(base));
}

TEST(OutputPaths, WhatWasWrittenOrWasThereStays)
{
    const fs::path base = EmptyFolder("kept-paths");
    fs::create_directories(base / "old");
    {
        OutputPaths paths;
        paths.AddFolder((base / "old").string());
        paths.AddFolder((base / "new/inner").string());
        std::ofstream(base / "new/result.txt") << "x";
    }
    EXPECT_TRUE(fs::is_directory(base / "old"));
    EXPECT_TRUE(fs::exists(base / "new/result.txt"));
    EXPECT_FALSE(fs::exists(base / "new/inner"));
}

TEST(OutputPaths, WhatCannotBeWrittenIsRefused)
{
    const fs::path base = EmptyFolder("refused-paths");
    std::ofstream(base / "file") << "x";
    OutputPaths paths;
    EXPECT_THROW(paths.AddFolder((base / "file").string()), InputError);
    EXPECT_THROW(paths.AddFolder((base / "file/inner").string()), InputError);
    EXPECT_THROW(paths.AddFile((base / "file/inner.txt").string()), InputError);
    EXPECT_THROW(paths.AddFile(base.string()), InputError);
    EXPECT_THROW(paths.AddFolder("/proc/m3"), InputError);
    EXPECT_THROW(paths.AddFile("/proc/m3.txt"), InputError);
    EXPECT_THROW(paths.AddFile((base / std::string(300, 'x')).string()), InputError);
    paths.AddFile((base / "file").string()); // will be replaced
    std::ifstream in(base / "file");
    EXPECT_EQ(in.get(), 'x') << "and is untouched until then";
}

// a rename would put a plain file in the place of /dev/null
TEST(OutputPaths, DevicesAndLinksAreWrittenInPlace)
{
    EXPECT_TRUE(IsWrittenInPlace("/dev/null"));
    const fs::path base = EmptyFolder("in-place");
    std::ofstream(base / "target") << "before";
    fs::create_symlink("target", base / "link");
    OutputPaths paths;
    paths.AddFile("/dev/null");
    paths.AddFile((base / "link").string());
    WriteWholeFile((base / "link").string(), [](std::ostream& out) { out << "after"; });
    EXPECT_TRUE(fs::is_symlink(base / "link"));
    std::string text;
    std::ifstream(base / "target") >> text;
    EXPECT_EQ(text, "after");
}

TEST(OutputPaths, AFullDiskIsAnError)
{
    if (!fs::is_character_file("/dev/full"))
    {
        GTEST_SKIP() << "there is no /dev/full";
    }
    EXPECT_THROW(WriteWholeFile("/dev/full", [](std::ostream& out) { out << std::string(100'000, 'x'); }), InputError);
    EXPECT_THROW(WriteWholeFile("/dev/full", [](std::ostream& out) { out << 'x'; }), InputError);
    EXPECT_TRUE(fs::is_character_file("/dev/full"));
}
