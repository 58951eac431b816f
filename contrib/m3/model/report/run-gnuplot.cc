// SPDX-License-Identifier: GPL-2.0-only
#include "run-gnuplot.h"

#include "ns3/m3-input-error.h"
#include "ns3/m3-text-file.h"

#include <csignal>
#include <cstdio>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <spawn.h>
#include <stdexcept>
#include <string_view>
#include <sys/wait.h>
#include <unistd.h>

extern char** environ;

namespace ns3::m3
{

namespace
{

using namespace std::string_view_literals;

constexpr std::string_view PNG_END = "\0\0\0\0IEND\xAE\x42\x60\x82"sv;
constexpr std::string_view SVG_END = "</svg>";

bool IsSvg(const std::string& file)
{
    return std::filesystem::path(file).extension() == ".svg";
}

/// A file that is open until this ends.
class Descriptor
{
  public:
    explicit Descriptor(int number)
        : m_number(number)
    {
    }

    ~Descriptor()
    {
        Close();
    }

    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;

    int Number() const
    {
        return m_number;
    }

    void Close()
    {
        if (m_number >= 0)
        {
            close(m_number);
            m_number = -1;
        }
    }

  private:
    int m_number;
};

bool WriteAll(int file, std::string_view text)
{
    while (!text.empty())
    {
        const ssize_t written = write(file, text.data(), text.size());
        if (written < 0)
        {
            return false;
        }
        text.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
}

/// Runs gnuplot with a script as input. \param output its standard output \return whether it did all of the script
bool RunWithOutput(const std::string& script, int output)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0)
    {
        return false;
    }
    Descriptor reading(ends[0]);
    Descriptor writing(ends[1]);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, reading.Number(), STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    std::string name = "gnuplot";
    char* arguments[] = {name.data(), nullptr};
    pid_t process = 0;
    const bool started = posix_spawnp(&process, name.c_str(), &actions, nullptr, arguments, environ) == 0;
    posix_spawn_file_actions_destroy(&actions);
    if (!started)
    {
        return false;
    }
    reading.Close();
    const auto onBrokenPipe = std::signal(SIGPIPE, SIG_IGN); // where gnuplot ends before its script
    const bool written = WriteAll(writing.Number(), script);
    writing.Close();
    std::signal(SIGPIPE, onBrokenPipe);
    int status = 0;
    return waitpid(process, &status, 0) == process && WIFEXITED(status) && WEXITSTATUS(status) == 0 && written;
}

/// Whether a picture is there to its end, which gnuplot's exit code does not say.
bool IsWholePicture(const std::string& picture, bool svg)
{
    std::ifstream stream(picture, std::ios::binary);
    std::string bytes(std::istreambuf_iterator<char>(stream), {});
    if (svg)
    {
        bytes.erase(bytes.find_last_not_of(" \n") + 1);
    }
    const std::string_view end = svg ? SVG_END : PNG_END;
    return bytes.size() > end.size() && bytes.compare(bytes.size() - end.size(), end.size(), end) == 0;
}

} // namespace

std::string GnuplotText(const std::string& text)
{
    constexpr unsigned char FIRST_PRINTABLE = ' ';
    const std::string APOSTROPHE = "\xE2\x80\x99"; // another one: gnuplot takes '' for one, but not at the beginning
    std::string quoted = "'";
    for (const char c : text)
    {
        const bool control = static_cast<unsigned char>(c) < FIRST_PRINTABLE; // a line break would end the command
        quoted += c == '\'' ? APOSTROPHE : std::string(1, control ? ' ' : c);
    }
    return quoted + "'";
}

std::string GnuplotTerminal(const std::string& file, const std::string& size, const std::string& font)
{
    return "set terminal " + (IsSvg(file) ? "svg size " + size + " dynamic background '#ffffff'" : "png size " + size) +
           " font '" + font + "'\n";
}

void RunGnuplot(const std::string& script, const std::string& file)
{
    const std::string temporary = file + TEMPORARY_EXTENSION + std::to_string(getpid());
    const auto remove = [&temporary]
    {
        std::error_code ignored;
        std::filesystem::remove(temporary, ignored);
    };
    Descriptor output(open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666));
    if (output.Number() < 0)
    {
        throw InputError(file, 0, "", "cannot be written");
    }
    if (!RunWithOutput(script, output.Number()))
    {
        remove();
        throw std::runtime_error("gnuplot failed or is not installed (package gnuplot-nox); no picture was drawn");
    }
    output.Close();
    if (!IsWholePicture(temporary, IsSvg(file)) || std::rename(temporary.c_str(), file.c_str()) != 0)
    {
        remove();
        throw InputError(file, 0, "", "cannot be written whole");
    }
}

} // namespace ns3::m3
