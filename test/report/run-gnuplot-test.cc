// SPDX-License-Identifier: GPL-2.0-only
#include "temporary-folder.h"

#include "ns3/m3-input-error.h"
#include "report/run-gnuplot.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

using namespace ns3::m3;

namespace fs = std::filesystem;

namespace
{

/// A folder for pictures, and a search path whose first folder may hold another gnuplot.
class Gnuplot : public ::testing::Test
{
  protected:
    void SetUp() override
    {
        m_before = std::getenv("PATH");
        folder = TemporaryFolder() / ::testing::UnitTest::GetInstance()->current_test_info()->name();
        fs::remove_all(folder);
        fs::create_directories(folder / "bin");
        fs::create_directories(folder / "out");
    }

    void TearDown() override
    {
        setenv("PATH", m_before.c_str(), 1);
    }

    /// Puts a shell script in the place of gnuplot.
    void Replace(const std::string& script) const
    {
        std::ofstream(folder / "bin/gnuplot") << "#!/bin/sh\n" << script;
        fs::permissions(folder / "bin/gnuplot", fs::perms::owner_all);
        setenv("PATH", ((folder / "bin").string() + ":" + m_before).c_str(), 1);
    }

    std::string Out(const std::string& name) const
    {
        return (folder / "out" / name).string();
    }

    std::string Draw(const std::string& file, const std::string& title = "line") const
    {
        try
        {
            RunGnuplot(GnuplotTerminal(file, "200,100") + "plot x title " + GnuplotText(title) + "\n", file);
        }
        catch (const std::exception& error)
        {
            return error.what();
        }
        return "";
    }

    fs::path folder;

  private:
    std::string m_before;
};

} // namespace

TEST_F(Gnuplot, PicturesAreThereWhole)
{
    for (const char* name : {"a.png", "a.svg"})
    {
        EXPECT_EQ(Draw(Out(name)), "");
        EXPECT_GT(fs::file_size(Out(name)), 500U);
    }
    EXPECT_EQ(std::distance(fs::directory_iterator(folder / "out"), {}), 2) << "nothing else is left";
}

// names once stood in the script, where an apostrophe ended them
TEST_F(Gnuplot, NoNameOrTitleRunsACommand)
{
    const std::string command = "system(\"touch " + Out("pwned") + "\")";
    for (const std::string& name : {"o'." + std::string("system(1).'"),
                                    std::string("a b"),
                                    std::string("`id`$(id)"),
                                    std::string("x\ny"),
                                    std::string("\"'\\")})
    {
        EXPECT_EQ(Draw(Out(name + ".png")), "") << name;
        EXPECT_TRUE(fs::exists(Out(name + ".png"))) << name;
    }
    int number = 0;
    for (const std::string& title : {"'." + command + ".'",
                                     "`touch " + Out("pwned") + "`",
                                     "\n" + command,
                                     "\"." + command + ".\"",
                                     std::string("it's")})
    {
        EXPECT_EQ(Draw(Out("t" + std::to_string(++number) + ".svg"), title), "") << title;
    }
    EXPECT_FALSE(fs::exists(Out("pwned")));
    EXPECT_EQ(GnuplotText("it's\na"), "'it\xE2\x80\x99s a'");
}

// gnuplot ends with 0 where the disk was full
TEST_F(Gnuplot, PicturesThatAreCutAreAnErrorAndNotThere)
{
    ASSERT_EQ(Draw(Out("whole.png")), "");
    ASSERT_EQ(Draw(Out("whole.svg")), "");
    for (const char* kind : {".png", ".svg"})
    {
        for (const char* bytes : {"0", "10", "400"})
        {
            Replace("cat >/dev/null\nhead -c " + std::string(bytes) + " '" + Out(std::string("whole") + kind) + "'\n");
            const std::string file = Out(std::string("cut") + kind);
            EXPECT_EQ(Draw(file), file + ": cannot be written whole") << bytes;
            EXPECT_FALSE(fs::exists(file));
        }
    }
    EXPECT_EQ(std::distance(fs::directory_iterator(folder / "out"), {}), 2) << "nothing else is left";
}

TEST_F(Gnuplot, AFailureIsAnError)
{
    Replace("exit 1\n");
    EXPECT_NE(Draw(Out("a.png")).find("gnuplot failed"), std::string::npos);
    setenv("PATH", (folder / "nothing").c_str(), 1);
    EXPECT_NE(Draw(Out("a.png")).find("gnuplot failed or is not installed"), std::string::npos);
    EXPECT_NE(Draw(Out("none/a.png")).find("cannot be written"), std::string::npos);
    EXPECT_TRUE(fs::is_empty(folder / "out"));
}
