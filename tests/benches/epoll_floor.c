/* The least that any server has to do: an epoll loop on one thread that answers whatever arrives with bytes made beforehand. No
 * parsing, no paths, no limits: a floor to compare with, never a server.
 *
 *   epoll_floor PORT FILE [304]
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>
#include <errno.h>

struct pending { size_t at; };
static struct pending pending[65536];

int main(int count, char **arguments) {
    if (count < 3) return 2;
    FILE *file = fopen(arguments[2], "rb");
    if (!file) return 2;
    fseek(file, 0, SEEK_END);
    long length = ftell(file);
    rewind(file);
    char *answer = malloc(length + 1024);
    int is_304 = count > 3;
    int head = is_304 ? sprintf(answer, "HTTP/1.1 304 Not Modified\r\nETag: \"x\"\r\nCache-Control: no-cache\r\n\r\n")
                      : sprintf(answer, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %ld\r\nETag: \"x\"\r\n"
                                        "Last-Modified: Wed, 13 Sep 2017 00:00:00 GMT\r\nCache-Control: public, max-age=31536000, immutable\r\n\r\n", length);
    if (!is_304 && fread(answer + head, 1, length, file) != (size_t)length) return 2;
    size_t total = head + (is_304 ? 0 : length);
    int one = 1, listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(atoi(arguments[1])), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    if (bind(listener, (struct sockaddr *)&address, sizeof address) || listen(listener, 4096)) return 3;
    int loop = epoll_create1(0);
    struct epoll_event event = {.events = EPOLLIN, .data.fd = listener}, events[256];
    epoll_ctl(loop, EPOLL_CTL_ADD, listener, &event);
    static char request[65536];
    for (;;) {
        int ready = epoll_wait(loop, events, 256, -1);
        for (int i = 0; i < ready; i++) {
            int stream = events[i].data.fd;
            if (stream == listener) {
                while ((stream = accept4(listener, 0, 0, SOCK_NONBLOCK)) >= 0) {
                    if (stream >= 65536) { close(stream); continue; }
                    setsockopt(stream, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
                    pending[stream].at = 0;
                    event.events = EPOLLIN | EPOLLOUT | EPOLLET;
                    event.data.fd = stream;
                    epoll_ctl(loop, EPOLL_CTL_ADD, stream, &event);
                }
                continue;
            }
            if (pending[stream].at == 0) {
                ssize_t got = recv(stream, request, sizeof request, 0);
                if (got == 0 || (got < 0 && errno != EAGAIN)) { close(stream); continue; }
                if (got < 0) continue;
                if (memmem(request, got, "Connection: close", 17)) {
                    if (send(stream, answer, total, MSG_NOSIGNAL) < 0) {}
                    close(stream);
                    continue;
                }
            }
            while (pending[stream].at < total) {
                ssize_t sent = send(stream, answer + pending[stream].at, total - pending[stream].at, MSG_NOSIGNAL);
                if (sent <= 0) break;
                pending[stream].at += sent;
            }
            if (pending[stream].at == total) pending[stream].at = 0;
        }
    }
}
