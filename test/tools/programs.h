// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_TEST_PROGRAMS_H
#define M3_TEST_PROGRAMS_H

#include "temporary-folder.h"

#include "fabric/topology-file.h"
#include "ns3/m3-fabric-shapes.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <sys/wait.h>
#include <unistd.h>

namespace ns3::m3
{

struct Outcome
{
    int code;
    std::string output; //!< standard output and error
};

inline Outcome RunCommand(const std::string& command)
{
    FILE* pipe = popen((command + " 2>&1").c_str(), "r");
    std::string output;
    std::array<char, 4096> buffer{};
    while (std::fgets(buffer.data(), static_cast<int>(buffer.size()), pipe))
    {
        output += buffer.data();
    }
    const int status = pclose(pipe);
    return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, output};
}

/// The text of a file; "" if there is none.
inline std::string Content(const std::filesystem::path& file)
{
    std::stringstream text;
    text << std::ifstream(file).rdbuf();
    return text.str();
}

inline Outcome Start(const std::string& program, const std::string& arguments)
{
    return RunCommand(std::string(M3_BIN_DIR) + "/" + program + " " + arguments);
}

/// A folder of its own with a topology, flows and a config, which a test then spoils.
class Programs : public ::testing::Test
{
  protected:
    void SetUp() override
    {
        folder = TemporaryFolder() / ::testing::UnitTest::GetInstance()->current_test_info()->name();
        std::filesystem::remove_all(folder);
        std::filesystem::create_directories(folder);
        WriteTopologyFile(MakeLeafSpine({2, 4, 2}), File("topo.txt"));
        Write("flow.txt", "3\n0 5 3 100 20000 2.0\n1 5 3 100 3000 2.000001\n6 2 3 100 1000000 2.000002\n");
        Write("config.txt",
              "TOPOLOGY_FILE topo.txt\nFLOW_FILE flow.txt\nFCT_OUTPUT_FILE fct.txt\nPFC_OUTPUT_FILE pfc.txt\n"
              "CC_MODE 8\nEWMA_GAIN 0.0625\nDCTCP_RATE_AI 615Mb/s\nKMAX_MAP 2 10000000000 15 40000000000 60\n"
              "KMIN_MAP 2 10000000000 15 40000000000 60\nPMAX_MAP 2 10000000000 1 40000000000 1\n");
    }

    void TearDown() override
    {
        std::filesystem::remove_all(folder);
    }

    std::string File(const std::string& name) const
    {
        return (folder / name).string();
    }

    void Write(const std::string& name, const std::string& text) const
    {
        std::ofstream(folder / name) << text;
    }

    /// One line that contains `message`, exit code 1, and no file that was not there.
    void ExpectRefused(const std::string& program, const std::string& arguments, const std::string& message) const
    {
        const auto before = Count();
        const Outcome outcome = Start(program, arguments);
        EXPECT_EQ(outcome.code, 1) << outcome.output;
        EXPECT_EQ(std::count(outcome.output.begin(), outcome.output.end(), '\n'), 1) << outcome.output;
        EXPECT_NE(outcome.output.find(message), std::string::npos) << outcome.output;
        EXPECT_EQ(Count(), before);
    }

    std::size_t Count() const
    {
        std::size_t files = 0;
        for (const auto& entry : std::filesystem::recursive_directory_iterator(folder))
        {
            files += entry.is_regular_file();
        }
        return files;
    }

    std::filesystem::path folder;
};

} // namespace ns3::m3

#endif // M3_TEST_PROGRAMS_H
