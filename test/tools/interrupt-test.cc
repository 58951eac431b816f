// SPDX-License-Identifier: GPL-2.0-only
// Ctrl-C: the first one gives the report of what is done, the second one ends the program.
#include "tools/programs.h"

#include <csignal>
#include <fcntl.h>

using namespace ns3::m3;

namespace
{

constexpr const char* ASKED = "stopping: the report of what is done follows";
constexpr const char* TOO_EARLY = "stopped before the first window was done";

/// A program that runs beside the test.
class Started
{
  public:
    /// \param file for what it writes
    Started(const std::string& programAndArguments, std::string file)
        : m_file(std::move(file))
    {
        m_pid = fork();
        if (m_pid == 0)
        {
            const int out = open(m_file.c_str(), O_CREAT | O_WRONLY | O_TRUNC, 0600);
            dup2(out, STDOUT_FILENO);
            dup2(out, STDERR_FILENO);
            std::signal(SIGINT, SIG_DFL); // a test in the background ignores it
            const std::string command = "exec " + std::string(M3_BIN_DIR) + "/" + programAndArguments;
            execl("/bin/sh", "sh", "-c", command.c_str(), nullptr);
            _exit(127);
        }
    }

    void Interrupt() const
    {
        kill(m_pid, SIGINT);
    }

    /// What it has written so far.
    std::string Output() const
    {
        return Content(m_file);
    }

    /// Waits until it has written a text, or ended. \return whether it has written it
    bool WaitFor(const std::string& text)
    {
        while (Output().find(text) == std::string::npos)
        {
            if (m_hasEnded || waitpid(m_pid, &m_status, WNOHANG) == m_pid)
            {
                m_hasEnded = true;
                return Output().find(text) != std::string::npos;
            }
            usleep(500);
        }
        return true;
    }

    /// Waits for its end. \return its status as of waitpid
    int Wait()
    {
        if (!m_hasEnded)
        {
            m_hasEnded = waitpid(m_pid, &m_status, 0) == m_pid;
        }
        return m_status;
    }

  private:
    std::string m_file;
    pid_t m_pid;
    int m_status = 0;
    bool m_hasEnded = false;
};

constexpr const char* LONG_RUN =
    "--racks=4 --hosts=8 --count=300000 --threads=1 --start=flowsim --windows=150 --flows-per-window=200 --lead=100us";

} // namespace

TEST_F(Programs, TheFirstInterruptGivesTheReportOfWhatIsDone)
{
    for (const std::string program : {"m3-estimate --engine=sampled ", "m3-compare --engines=sampled,packet "})
    {
        const std::string command = program + LONG_RUN + " --out=" + File("out");
        // until the engine is at its windows; before it is at work at all, a signal ends the program
        bool isDone = false;
        for (useconds_t delay = 500'000; !isDone && delay < 60'000'000; delay *= 2)
        {
            Started run(command, File("output"));
            usleep(delay);
            run.Interrupt();
            const int status = run.Wait();
            isDone = !WIFSIGNALED(status) && run.Output().find(TOO_EARLY) == std::string::npos;
            if (isDone)
            {
                EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << run.Output();
                EXPECT_NE(run.Output().find(ASKED), std::string::npos) << run.Output();
                EXPECT_NE(run.Output().find(" of 150 windows"), std::string::npos) << run.Output();
                EXPECT_EQ(run.Output().find("engines after sampled are left out") != std::string::npos,
                          program.find("m3-compare") == 0)
                    << run.Output();
                EXPECT_TRUE(std::filesystem::exists(File("out/report.json")));
            }
        }
        EXPECT_TRUE(isDone) << program;
        std::filesystem::remove_all(File("out"));
    }
}

TEST_F(Programs, AnInterruptOfASweepGivesThePointsThatAreDone)
{
    bool isDone = false;
    for (useconds_t delay = 500'000; !isDone && delay < 60'000'000; delay *= 2)
    {
        Started run("m3-sweep --engine=sampled --grid=window=4000,8000,16000,32000:pfc=on,off --out=" + File("out") +
                        ' ' + LONG_RUN,
                    File("output"));
        usleep(delay);
        run.Interrupt();
        const int status = run.Wait();
        isDone = !WIFSIGNALED(status) && run.Output().find(TOO_EARLY) == std::string::npos;
        if (isDone)
        {
            EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << run.Output();
            EXPECT_NE(run.Output().find(ASKED), std::string::npos) << run.Output();
            EXPECT_NE(run.Output().find(" of 8 configurations in"), std::string::npos) << run.Output();
            EXPECT_TRUE(std::filesystem::exists(File("out/sweep.csv")));
            EXPECT_TRUE(std::filesystem::exists(File("out/sweep.svg"))) << run.Output();
        }
    }
    EXPECT_TRUE(isDone);
}

TEST_F(Programs, TheSecondInterruptEndsThem)
{
    for (useconds_t delay = 200'000; delay < 60'000'000; delay = delay * 3 / 2)
    {
        Started run("m3-estimate --engine=sampled " + std::string(LONG_RUN), File("output"));
        usleep(delay);
        run.Interrupt();
        const bool isAsked = run.WaitFor(ASKED);
        run.Interrupt();
        const int status = run.Wait();
        if (isAsked && WIFSIGNALED(status))
        {
            EXPECT_EQ(WTERMSIG(status), SIGINT);
            EXPECT_EQ(run.Output().find("p99"), std::string::npos) << run.Output();
            return;
        }
    }
    FAIL() << "the second one never came between the first one and the report";
}

TEST_F(Programs, AnInterruptEndsAnEngineThatCannotStop)
{
    Started run("m3-estimate --engine=packet --count=300000 --racks=4 --hosts=8", File("output"));
    usleep(1'500'000);
    run.Interrupt();
    const int status = run.Wait();
    EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGINT) << run.Output();
    EXPECT_EQ(run.Output().find(ASKED), std::string::npos);
}
